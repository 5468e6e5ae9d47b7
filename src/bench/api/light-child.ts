import { setTimeout as sleep } from 'node:timers/promises';
import type { Child } from './child';
import { Client, graphql } from './http';

/**
 * Entry point of the process that asks for little beside whoever asks for much: one connection, a question a tick, and
 * never a second one before the first is answered.
 */
export type ToLight = { start: number } | 'stop';
export interface FromLight {
  ms: number[];
  refused: number;
}
export type LightChild = Child<ToLight, FromLight>;

const TICK_MS = 20;
/** Nobody else of the bench comes from there. */
const ADDRESS = '127.0.0.30';
const QUESTIONS = ['{ accounts(limit: 1) { id } }', '{ squidStatus { height } network { nodeCount totalStaked } }'];

let answers: FromLight = { ms: [], refused: 0 };
let isOn = false;

async function askUntilStopped(port: number): Promise<void> {
  const client = new Client(port, ADDRESS, 1);
  for (let asked = 0; isOn; asked++) {
    const tick = sleep(TICK_MS);
    const { status, text, ms } = await client.ask(graphql(QUESTIONS[asked % QUESTIONS.length] as string));
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
