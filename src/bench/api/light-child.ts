import type { Child } from './child';
import { Client, graphql } from './http';

/** Entry point of the process that asks for little beside whoever asks for much: one connection, one question a tick. */
export type ToLight = { start: number } | 'stop';
export interface FromLight {
  /** From when each question was due to its answer: one that waits for those before it counts that wait. */
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
let last: Promise<unknown> = Promise.resolve();

function start(port: number): void {
  const client = new Client(port, ADDRESS, 1);
  answers = { ms: [], refused: 0 };
  isOn = true;
  let asked = 0;
  const timer = setInterval(() => {
    if (!isOn) {
      clearInterval(timer);
      void last.then(() => {
        client.close();
        process.send?.(answers);
      });
      return;
    }
    const question = QUESTIONS[asked++ % QUESTIONS.length] as string;
    last = client.ask(graphql(question)).then(({ status, text, ms }) => {
      answers.ms.push(ms);
      if (status !== 200 || text.includes('"errors"')) answers.refused += 1;
    });
  }, TICK_MS);
}

process.on('message', (order: ToLight) => {
  if (order === 'stop') isOn = false;
  else {
    start(order.start);
    process.send?.(answers);
  }
});
process.on('disconnect', () => process.exit(0));
