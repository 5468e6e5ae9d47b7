// Compiles the AssemblyScript kernels to lib/kernels/kernels.wasm. No binary is kept in the repository.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const outFile = 'lib/kernels/kernels.wasm';

const { error, stderr } = await asc.main(
  [
    'src/kernels/assembly/index.ts',
    '--outFile',
    outFile,
    '-O3',
    '--noAssert',
    '--converge',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--use',
    'abort=',
  ],
  {
    writeFile: (name, contents) => {
      mkdirSync(dirname(name), { recursive: true });
      writeFileSync(name, contents);
    },
  },
);
if (error) {
  process.stderr.write(stderr.toString());
  console.error(`kernels: ${error.message}`);
  process.exit(1);
}
