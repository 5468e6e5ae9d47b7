import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/*
 * Node agents that share a machine are challenged at the same instant, and each proof takes a core and some 200 MB for
 * seconds. All at once they would need several times the memory and finish no sooner, so only as many run as there are
 * cores. Slots are files that hold the process id of their taker.
 */

const POLL_MS = 100;

function holderIsAlive(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to another user. ENOENT: it was given back between two looks, and is free.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // Left by a process that was killed. Two that find it at once may both get in: one proof more, nothing worse.
    if (!holderIsAlive(file)) rmSync(file, { force: true });
    return false;
  }
}

/**
 * Runs `work` when one of the machine's prover slots is free.
 * @param folder where the slots' files lie; processes that name the same folder share them
 * @throws the signal's reason when aborted while waiting
 */
export async function inProverSlot<T>(
  folder: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
  slots: number = availableParallelism(),
): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const files = Array.from({ length: slots }, (_, slot) => join(folder, `slot-${slot}`));
  for (;;) {
    signal?.throwIfAborted();
    const file = files.find(take);
    if (file === undefined) {
      await setTimeout(POLL_MS);
      continue;
    }
    try {
      return await work();
    } finally {
      rmSync(file, { force: true });
    }
  }
}
