import { Worker } from 'node:worker_threads';
import { type DocumentNode, type GraphQLSchema, printSchema } from 'graphql';
import { errorCode } from '../../../runtime/database-away';
import { compiledWorker } from '../../../runtime/workers';
import { tookTooLong } from '../../errors';
import type { ApiLimits } from '../../limits';
import type { Answer } from '../answers';
import type { Asked } from '../asked';
import { inTurn, Turns } from '../turns';
import type { Rejected } from './analyse';
import type { Description, Job, ThreadData } from './thread';

/** Memory of the thread: a query that makes it grow beyond ends the thread, and nothing else. */
const RESOURCES = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY';

/** Gives work to the thread, one piece at a time, client by client. */
export class Analyst {
  private readonly turns = new Turns(1, 1);
  private readonly data: ThreadData;
  private thread: Thread | undefined;

  constructor(
    schema: GraphQLSchema,
    private readonly limits: ApiLimits,
  ) {
    this.data = { sdl: printSchema(schema), limits };
    this.thread = new Thread(this.data);
  }

  /** As the function `analyse`, whose document comes without places. @throws GraphQLError when it takes too long */
  analyse(client: string, asked: Asked): Promise<{ document: DocumentNode } | Rejected> {
    return this.run(client, { kind: 'analyse', asked });
  }

  /** What the schema says of itself. @throws GraphQLError when it takes too long */
  async introspect(client: string, asked: Asked): Promise<Answer> {
    const { bytes, etag } = await this.run<Description>(client, { kind: 'introspect', asked });
    return { status: 200, body: Buffer.from(bytes.buffer), etag, headers: {} };
  }

  async close(): Promise<void> {
    await this.thread?.close();
  }

  private run<T>(client: string, job: Job): Promise<T> {
    return inTurn(this.turns, { client, waitMs: this.limits.waitMs }, () => this.work<T>(job));
  }

  private async work<T>(job: Job): Promise<T> {
    this.thread ??= new Thread(this.data);
    const { thread } = this;
    try {
      return await thread.work<T>(job, this.limits.analysisMs);
    } catch (error) {
      // The next piece of work gets a new one.
      if (this.thread === thread) this.thread = undefined;
      await thread.close();
      throw error;
    }
  }
}

/** The thread, and what it says. */
class Thread {
  private readonly worker: Worker;
  /** It has read the schema. */
  private readonly ready: Promise<void>;

  constructor(workerData: ThreadData) {
    this.worker = new Worker(compiledWorker('server-extension/requests/analysis/thread'), {
      workerData,
      resourceLimits: RESOURCES,
    });
    // It may run out of memory while it is being ended: an error that nobody listens for would end the process.
    this.worker.on('error', () => undefined);
    this.ready = this.next<void>();
    // Whoever has work for it is told.
    this.ready.catch(() => undefined);
  }

  /** @throws what ended the thread; GraphQLError when it takes longer than `timeMs` */
  async work<T>(job: Job, timeMs: number): Promise<T> {
    await this.ready;
    this.worker.postMessage(job);
    return this.next<T>(timeMs);
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private next<T>(timeMs?: number): Promise<T> {
    const { worker } = this;
    return new Promise<T>((resolve, reject) => {
      const timeout = timeMs === undefined ? undefined : setTimeout(() => end(() => reject(tookTooLong())), timeMs);
      const end = (settle: () => void) => {
        clearTimeout(timeout);
        worker.off('message', take).off('error', fail).off('exit', ended);
        settle();
      };
      const take = (result: T) => end(() => resolve(result));
      const ended = () => end(() => reject(tookTooLong()));
      const fail = (error: unknown) => (errorCode(error) === OUT_OF_MEMORY ? ended() : end(() => reject(error)));
      worker.on('message', take).on('error', fail).on('exit', ended);
    });
  }
}
