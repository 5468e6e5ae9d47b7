import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { TreeProver } from '../../node/backends/backend';
import { sleep } from '../../runtime/backoff';
import { commandOf } from '../machine/processes';

/** Tree proofs that the devnet's nodes make at the same time: each takes a core and some 200 MB. */
const TURNS = 2;
const POLL_MS = 100;

/**
 * Lets the nodes of one machine prove in turns: after the coins all of them would start at once, which would take the
 * memory of all and end none of them sooner.
 * @param folder shared by the nodes; a turn is a file in it that holds its owner's process id
 */
export function provingInTurns(prover: TreeProver, folder: string): TreeProver {
  mkdirSync(folder, { recursive: true });
  return {
    build: async (input) => {
      const tree = await prover.build(input);
      return {
        commitment: tree.commitment,
        prove: async (coins) => {
          const turn = await takeTurn(folder);
          try {
            return await tree.prove(coins);
          } finally {
            rmSync(turn, { force: true });
          }
        },
      };
    },
    close: () => prover.close(),
  };
}

async function takeTurn(folder: string): Promise<string> {
  for (;;) {
    for (let index = 0; index < TURNS; index++) {
      const file = join(folder, `turn-${index}`);
      if (take(file)) return file;
    }
    await sleep(POLL_MS);
  }
}

function take(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx');
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // A killed owner gives nothing back.
    if (isAbandoned(file)) rmSync(file, { force: true });
    return false;
  }
}

function isAbandoned(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Just made and not yet written to: its owner is alive.
    return pid !== 0 && commandOf(pid) === undefined;
  } catch {
    return false;
  }
}
