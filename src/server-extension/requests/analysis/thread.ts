import { parentPort, workerData } from 'node:worker_threads';
import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql';
import { answerOf } from '../answers';
import type { Asked } from '../asked';
import { type AnalysisLimits, analyse } from './analyse';

/** Works in a thread of its own on what would hold the others up: large texts, and descriptions of the whole schema. */

export interface ThreadData {
  /** The schema without its resolvers. */
  sdl: string;
  limits: AnalysisLimits;
}

/** An answer that describes the schema. */
export interface Description {
  bytes: Uint8Array<ArrayBuffer>;
  etag: string;
}

export type Job = { kind: 'analyse' | 'introspect'; asked: Asked };

const { sdl, limits } = workerData as ThreadData;
const schema: GraphQLSchema = buildSchema(sdl);

parentPort?.postMessage('ready');
parentPort?.on('message', ({ kind, asked }: Job) => {
  if (kind === 'analyse') parentPort?.postMessage(analysis(asked));
  else describe(asked);
});

function analysis(asked: Asked) {
  const found = analyse(asked, schema, limits);
  // Places in the text would travel with every word of it.
  return 'rejected' in found ? found : { document: parse(asked.query, { noLocation: true }) };
}

/** Makes the whole answer: copying and hashing megabytes would hold the others up, too. */
function describe({ query, operationName, variables }: Asked): void {
  const result = execute({ schema, document: parse(query), operationName, variableValues: variables });
  const { body, etag } = answerOf(200, JSON.stringify(result));
  const bytes = new Uint8Array(body);
  parentPort?.postMessage({ bytes, etag } satisfies Description, [bytes.buffer]);
}
