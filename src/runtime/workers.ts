import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project';

/**
 * The program of a child process or a thread: always the compiled one, also when the sources run directly (tests).
 * @param module path below src, without ending, for example `oracle/verification/worker`
 * @throws if the project has not been built
 */
export function compiledWorker(module: string): string {
  const file = join(PROJECT_ROOT, 'lib', `${module}.js`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run \`npm run build\``);
  return file;
}
