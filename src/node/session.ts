import { CLOSE } from '../protocol/messages';
import { backoffMs, sleep } from '../runtime/backoff';
import { Connection, type ConnectionOptions } from './connection';
import type { Reporters } from './reporters';
import { type Send, Work, type WorkOptions } from './work';

/**
 * Between dials: doubling from the first to the longest, with jitter; an oracle that restarts finds its nodes back
 * within seconds.
 */
const FIRST_DIAL_MS = 500;
const LONGEST_DIAL_MS = 4_000;
/** How often it is looked whether the reporter is still listed. */
const LISTED_EVERY_MS = 5_000;

export interface SessionOptions extends Omit<ConnectionOptions, 'work' | 'answers'>, Omit<WorkOptions, 'answers'> {
  answers: ConnectionOptions['answers'] & WorkOptions['answers'];
  reporters: Pick<Reporters, 'isListed' | 'isTurnOf'>;
}

/**
 * Works for one reporter: dials its oracle, answers its challenges, dials again when the connection ends. While the
 * contract does not list the reporter, nothing is dialled and nothing signed.
 * @returns when the signal has fired
 */
export async function keepSession(options: SessionOptions): Promise<void> {
  const { url, party, reporters, log, signal } = options;
  let connection: Connection | null = null;
  const send: Send = (message) => connection?.send(message) ?? false;
  const work = new Work(options, send);
  let wasListed = true;
  for (let failures = 0; !signal.aborted; ) {
    const isListed = reporters.isListed(party.reporter);
    if (!isListed) {
      if (wasListed) log.warn({ url }, 'ReputationOracle does not list this reporter; nothing is signed for it');
      wasListed = false;
      await sleep(LISTED_EVERY_MS, signal);
      continue;
    }
    wasListed = true;
    options.metrics?.add('dpin_node_dials_total', {});
    connection = new Connection({ ...options, work });
    const { code, reason, wasReady } = await untilEnded(connection, options);
    if (signal.aborted) break;
    if (wasReady && code !== CLOSE.replaced) failures = 0;
    // Told once: the next line is success or the end.
    if (failures === 0) log.warn({ url, code, reason }, 'no connection to the oracle; dialling again');
    await sleep(backoffMs(failures++, FIRST_DIAL_MS, LONGEST_DIAL_MS), signal);
  }
}

async function untilEnded(connection: Connection, { signal, reporters, party }: SessionOptions) {
  const stop = () => connection.close();
  const look = setInterval(() => {
    if (!reporters.isListed(party.reporter)) connection.refuse('unauthenticated', 'the reporter is no longer listed');
  }, LISTED_EVERY_MS);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const ended = await connection.ended;
  signal.removeEventListener('abort', stop);
  clearInterval(look);
  return ended;
}
