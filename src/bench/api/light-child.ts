import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child';
import { Client, graphql, type Request } from './http';
import { addressOf } from './population';

/**
 * Entry point of the process that asks for little beside whoever asks for much: one connection, a question a tick, and
 * never a second one before the first is answered.
 */
export type ToLight = { start: number } | 'stop';
export interface FromLight {
  ms: number[];
  refused: number;
}

const TICK_MS = 20;
/** Nobody else of the bench comes from there. */
const ADDRESS = '127.0.0.30';
const ACCOUNT = 'query ($id: String!) { accountById(id: $id) { balance transferCount } }';
const STATUS =
  'query ($text: String!) { squidStatus { height } network { nodeCount totalStaked } search(text: $text) { label } }';

/** Number of a question. None repeats, not in another run either: an answer from memory would not wait for a lane. */
let next = Date.now() % 1_000_000;

function question(): Request {
  const i = next++;
  return i % 2 === 0 ? graphql(ACCOUNT, { id: addressOf(i) }) : graphql(STATUS, { text: `node ${i}` });
}

let answers: FromLight = { ms: [], refused: 0 };
let isOn = false;

async function askUntilStopped(port: number): Promise<void> {
  const client = new Client(port, ADDRESS, 1);
  while (isOn) {
    const tick = sleep(TICK_MS);
    const { status, text, ms } = await client.ask(question());
    answers.ms.push(ms);
    if (status !== 200 || text.includes('"errors"')) answers.refused += 1;
    await tick;
  }
  client.close();
  process.send?.(answers);
}

process.on('message', (order: ToLight) => {
  if (order === 'stop') isOn = false;
  else {
    answers = { ms: [], refused: 0 };
    isOn = true;
    process.send?.(answers);
    void askUntilStopped(order.start);
  }
});
process.on('disconnect', () => process.exit(0));
