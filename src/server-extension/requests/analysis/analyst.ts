import { Worker } from 'node:worker_threads';
import { type DocumentNode, type GraphQLSchema, printSchema } from 'graphql';
import { compiledWorker } from '../../../runtime/workers';
import { tookTooLong, unavailable } from '../../errors';
import type { ApiLimits } from '../../limits';
import type { Asked } from '../asked';
import { NoTurn, Turns } from '../turns';
import type { Rejected } from './analyse';
import type { Job, ThreadData } from './thread';

/** Memory of the thread: a query that makes it grow beyond ends the thread, and nothing else. */
const RESOURCES = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

/** Gives work to the thread, one piece at a time, client by client. */
export class Analyst {
  private readonly turns = new Turns(1, 1);
  private readonly data: ThreadData;
  private worker: Worker | undefined;

  constructor(
    schema: GraphQLSchema,
    private readonly limits: ApiLimits,
  ) {
    this.data = { sdl: printSchema(schema), limits };
  }

  /** As the function `analyse`, whose document comes without places. @throws GraphQLError when it takes too long */
  analyse(client: string, asked: Asked): Promise<{ document: DocumentNode } | Rejected> {
    return this.run(client, { kind: 'analyse', asked });
  }

  /** What the schema says of itself, as JSON of an answer. @throws GraphQLError when it takes too long */
  async introspect(client: string, asked: Asked): Promise<string> {
    const { text } = await this.run<{ text: string }>(client, { kind: 'introspect', asked });
    return text;
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
  }

  private async run<T>(client: string, job: Job): Promise<T> {
    const giveBack = await this.turns.take(client, this.limits.waitMs).catch((error) => {
      throw error instanceof NoTurn ? unavailable('too many requests are under way, try again') : error;
    });
    try {
      return await this.work<T>(job);
    } finally {
      giveBack();
    }
  }

  private work<T>(job: Job): Promise<T> {
    this.worker ??= new Worker(compiledWorker('server-extension/requests/analysis/thread'), {
      workerData: this.data,
      resourceLimits: RESOURCES,
    });
    const worker = this.worker;
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timeout);
        worker.off('message', take).off('error', give).off('exit', ended);
      };
      const take = (result: T) => {
        end();
        resolve(result);
      };
      const give = (error: unknown) => {
        end();
        // The next piece of work gets a new thread.
        this.worker = undefined;
        void worker.terminate();
        reject(error);
      };
      const ended = () => give(tookTooLong());
      const timeout = setTimeout(ended, this.limits.analysisMs);
      worker.on('message', take).on('error', give).on('exit', ended);
      worker.postMessage(job);
    });
  }
}
