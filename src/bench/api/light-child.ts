import { Client, graphql, type Request } from './http';
import { addressOf } from './population';

/** Entry point of the process that asks for little beside who asks for much: one connection, one question a tick. */
export type ToLight = { start: number } | 'stop';
export interface FromLight {
  /** From when each question was due to its answer: one that waits for those before it counts that wait. */
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
let last: Promise<unknown> = Promise.resolve();

function start(port: number): void {
  const client = new Client(port, ADDRESS, 1);
  answers = { ms: [], refused: 0 };
  isOn = true;
  const timer = setInterval(() => {
    if (!isOn) {
      clearInterval(timer);
      void last.then(() => {
        client.close();
        process.send?.(answers);
      });
      return;
    }
    last = client.ask(question()).then(({ status, text, ms }) => {
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
