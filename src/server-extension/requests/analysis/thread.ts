import { parentPort, workerData } from 'node:worker_threads';
import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql';
import type { Asked } from '../asked';
import { type AnalysisLimits, analyse } from './analyse';

/** Works in a thread of its own on what would hold the others up: large texts, and descriptions of the whole schema. */

export interface ThreadData {
  /** The schema without its resolvers. */
  sdl: string;
  limits: AnalysisLimits;
}

export type Job = { kind: 'analyse' | 'introspect'; asked: Asked };

const { sdl, limits } = workerData as ThreadData;
const schema: GraphQLSchema = buildSchema(sdl);

parentPort?.postMessage('ready');
parentPort?.on('message', ({ kind, asked }: Job) => {
  parentPort?.postMessage(kind === 'analyse' ? analysis(asked) : introspection(asked));
});

function analysis(asked: Asked) {
  const found = analyse(asked, schema, limits);
  // Places in the text would travel with every word of it.
  return 'rejected' in found ? found : { document: parse(asked.query, { noLocation: true }) };
}

function introspection({ query, operationName, variables }: Asked) {
  const result = execute({ schema, document: parse(query), operationName, variableValues: variables });
  return { text: JSON.stringify(result) };
}
