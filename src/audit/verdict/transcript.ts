import { z } from 'zod';
import { textOf } from '../../protocol/bytes';
import { canonicalJson, type Json } from '../../protocol/canonical-json';
import { MAX_WORDS } from '../../protocol/messages';
import { FACTS } from '../../protocol/rounds/facts';
import { TIMETABLE } from '../../protocol/rounds/timetable';
import { TASK_NAMES, TASKS, type TaskParams } from '../../protocol/tasks';
import { TASK_SIZES } from '../../protocol/tasks/task';
import { VERDICT_CODES } from '../../protocol/verdicts';
import { Difference } from './difference';

/** A thousand absences and the longest words leave room in this. */
export const MAX_TRANSCRIPT_BYTES = 256 * 1024;

const hex = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`));
const address = hex(20);
const hash = hex(32);
const signature = hex(65);
const integer = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const u32 = z.number().int().min(0).max(0xffff_ffff);
const digits = z.string().regex(/^\d{1,78}$/);
const words = z.string().max(MAX_WORDS);

/** Format 2 of the public record of a challenge (protocol section 7). */
const TRANSCRIPT = z.strictObject({
  transcript: z.literal(2),
  software: words,
  chainId: integer,
  oracle: address,
  registry: address,
  reporter: address,
  round: integer,
  epoch: integer,
  timetable: TIMETABLE,
  nodeId: u32,
  device: z.number().int().min(0).max(255),
  hardwareClass: u32,
  workerKey: address,
  operator: address,
  rewardRecipient: address,
  /** The round's draw; null when its challenges did not go out. */
  opening: z.strictObject({ openBlock: integer, openBlockHash: hash, nonce: hash, coinHash: hash }).nullable(),
  challenge: z.strictObject({
    task: z.enum(TASK_NAMES),
    params: TASK_SIZES,
    taskSeed: hash,
    referencePerMs: digits,
    expectedMs: integer,
    deadlineMs: integer,
    signature: signature.nullable(),
  }),
  commit: z.strictObject({
    commitment: hash.nullable(),
    signature: signature.nullable(),
    elapsedMs: u32.nullable(),
  }),
  busy: z.strictObject({ job: digits, shard: u32, signature: signature }).nullable(),
  anchor: z
    .strictObject({
      block: integer,
      blockHash: hash,
      blockTime: integer,
      tx: hash.nullable(),
      root: hash,
      count: u32,
      index: u32.nullable(),
      path: z.array(hash).max(32),
      coinSecret: hash,
      coins: hash.nullable(),
    })
    .nullable(),
  open: z.strictObject({ sha256: hash.nullable(), bytes: integer.nullable(), proof: z.string().max(8192).nullable() }),
  facts: FACTS,
  verdict: z.strictObject({
    code: z.enum(VERDICT_CODES as [string, ...string[]]),
    reason: words,
    numbers: z.record(z.string().max(40), z.number()),
    perfBps: z.number().int().min(0).nullable(),
    opsPerMs: digits.nullable(),
    sample: z.strictObject({ t: u32, j: u32, i: u32 }).nullable(),
    signature: signature,
  }),
});
export type Transcript = z.output<typeof TRANSCRIPT>;

/**
 * Reads a transcript.
 * @throws Difference when it is not the canonical JSON of format 2, naming the first field that is not
 */
export function parseTranscript(bytes: Uint8Array): Transcript {
  if (bytes.length > MAX_TRANSCRIPT_BYTES) throw new Difference(`a transcript of ${bytes.length} bytes`);
  const text = textOf(bytes);
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Difference('the transcript is no JSON');
  }
  // The shape first: canonical JSON of a thousand nested lists would take more stack than there is.
  const parsed = TRANSCRIPT.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Difference(`transcript: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`);
  }
  if (canonicalJson(value) !== text) throw new Difference('the transcript is not canonical JSON');
  return parsed.data;
}

/** What the challenge asked. @throws Difference for sizes that the task does not know */
export function paramsOf({ challenge: { task, params } }: Transcript): TaskParams {
  try {
    TASKS[task].check(params);
  } catch (error) {
    throw new Difference(`challenge.params: ${(error as Error).message}`);
  }
  return { task, ...params };
}
