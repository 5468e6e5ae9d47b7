import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inProverSlot } from './prover-slots';

const folder = mkdtempSync(join(tmpdir(), 'prover-slots-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('lets no more run than there are slots, and gives slots back after failures', async () => {
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await setTimeout(20);
    running--;
    throw new Error('no proof');
  };
  const all = Array.from({ length: 6 }, () => inProverSlot(folder, work, undefined, 2).catch(() => 'failed'));
  expect(await Promise.all(all)).toEqual(new Array(6).fill('failed'));
  expect(most).toBe(2);
  expect(readdirSync(folder)).toEqual([]);
});

it('takes the slot of a process that is gone, and gives up when told to', async () => {
  writeFileSync(join(folder, 'slot-0'), '999999999');
  expect(await inProverSlot(folder, async () => 'done', undefined, 1)).toBe('done');
  writeFileSync(join(folder, 'slot-0'), String(process.pid));
  const signal = AbortSignal.timeout(150);
  await expect(inProverSlot(folder, async () => 'never', signal, 1)).rejects.toThrow(/timeout/i);
});
