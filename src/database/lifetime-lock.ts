import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from '@subsquid/logger';
import { Client, type QueryResultRow } from 'pg';
import { type DatabaseSettings, databaseAddress, NOTICE_DEAD_CLIENTS } from '../config/database';
import { sleep } from '../runtime/backoff';
import { monotonicMs } from '../runtime/clock';
import { isDatabaseAway } from '../runtime/database-away';
import { FatalError, RetryableError } from '../runtime/errors';
import { retry } from '../runtime/patience';
import { SESSION } from './session';

/** The session is asked this often whether it is there, and must answer within this. */
const BEAT_MS = 2_000;
const ANSWER_MS = 3_000;
/** A session of a process that was killed, or of a host that died, may be there for so long. */
const GRACE_MS = 12_000;
const RETRY_MS = 500;
/** What is waited for is said again after so long: who looks into the log later must find it. */
const SAY_AGAIN_MS = 60_000;
/** What Postgres takes of an application's name. */
const NAME_BYTES = 63;

/** One thing that only one process may have. */
export interface Claim {
  /** What names it within the database, hashed to the lock's number. */
  key: readonly (string | number)[];
  /** What is said when somebody else has it. */
  taken: string;
}

export interface LifetimeLockOptions {
  settings: DatabaseSettings;
  /** What takes it, for log lines and Postgres's list of sessions: "oracle". */
  owner: string;
  /** All of them are taken, or none. */
  claims: readonly Claim[];
  /** What a person does about another holder; how to end its session is said after it. */
  advice: string;
  log: Logger;
  /** Ends the attempts. */
  signal: AbortSignal;
  /** How long another holder is waited for; default 12 s. */
  graceMs?: number;
  /** How often it is said what is waited for; default each minute. */
  sayAgainMs?: number;
}

/** Somebody else has a lock. */
class Taken extends Error {
  constructor(
    message: string,
    readonly holder: Readonly<Record<string, unknown>>,
  ) {
    super(message);
  }
}

/**
 * Makes two processes with one claim on one database impossible: advisory locks of a Postgres session of its own, held
 * until the process ends. When the session breaks they are taken again as soon as Postgres is there, and who writes
 * waits for that (`held`).
 */
export class LifetimeLock {
  /** Rejects with a RetryableError when somebody else has taken the lock while the session was broken. */
  readonly lost: Promise<never>;
  private session: Client | null = null;
  private readonly released = new AbortController();
  private readonly signal: AbortSignal;
  private again: Promise<void> = Promise.resolve();
  private giveUp!: (error: Error) => void;

  private constructor(private readonly options: LifetimeLockOptions) {
    this.signal = AbortSignal.any([options.signal, this.released.signal]);
    this.lost = new Promise((_, reject) => {
      this.giveUp = reject;
    });
    this.lost.catch(() => undefined);
  }

  /**
   * Takes the lock; waits while Postgres is away.
   * @throws FatalError when another process has it, naming that one; the signal's reason when told to stop
   */
  static async take(options: LifetimeLockOptions): Promise<LifetimeLock> {
    const lock = new LifetimeLock(options);
    try {
      await lock.acquire();
    } catch (error) {
      if (!(error instanceof Taken)) throw error;
      throw new FatalError(
        error.message,
        `${options.advice} If it does not run any more, end its session in Postgres: ` +
          `SELECT pg_terminate_backend(${error.holder['backend'] ?? 'its pid'})`,
        error.holder,
      );
    }
    return lock;
  }

  /** True while the session that holds the lock is known to be there. */
  isHeld(): boolean {
    return this.session !== null;
  }

  /** Resolves when the lock is held: at once, or after it was taken again. @throws RetryableError when it is lost */
  async held(): Promise<void> {
    while (!this.isHeld()) {
      this.signal.throwIfAborted();
      await this.again;
    }
  }

  /** Gives it back; the next process may take it at once. */
  async release(): Promise<void> {
    this.released.abort(new Error('the lock is given back'));
    const { session } = this;
    this.session = null;
    await session?.end().catch(() => undefined);
  }

  private async acquire(): Promise<void> {
    let takenSinceMs: number | null = null;
    let saidMs = Number.NEGATIVE_INFINITY;
    const { log, settings, graceMs = GRACE_MS, sayAgainMs = SAY_AGAIN_MS } = this.options;
    await retry(() => this.open(), {
      isTransient: (error) => {
        if (!(error instanceof Taken)) return isDatabaseAway(error);
        takenSinceMs ??= monotonicMs();
        return monotonicMs() - takenSinceMs < graceMs;
      },
      onFailure: ({ error }) => {
        if (monotonicMs() - saidMs < sayAgainMs) return;
        saidMs = monotonicMs();
        if (error instanceof Taken) {
          log.warn(error.holder, `${error.message}; waiting for its end`);
          return;
        }
        const { DB_HOST, DB_PORT } = settings;
        log.warn({ DB_HOST, DB_PORT, error: wordsOf(error) }, 'database is away, trying again');
      },
      delayMs: () => RETRY_MS,
      signal: this.signal,
    });
  }

  /** One attempt on a new session. @throws Taken; the error of `pg` */
  private async open(): Promise<void> {
    const { settings, owner, claims } = this.options;
    const client = new Client({
      ...databaseAddress(settings),
      application_name: `dpin ${owner} lock, ${hostname()} pid ${process.pid}`.slice(0, NAME_BYTES),
      // That is longer than a client takes to notice, so nobody gets the lock while another still believes to have it.
      options: `${SESSION} ${NOTICE_DEAD_CLIENTS}`,
      keepAlive: true,
      connectionTimeoutMillis: ANSWER_MS,
      query_timeout: ANSWER_MS,
    });
    const broken = new AbortController();
    const breaks = () => broken.abort();
    client.on('error', breaks);
    client.on('end', breaks);
    try {
      await client.connect();
      for (const claim of claims) await take(client, claim);
      if (broken.signal.aborted) throw new Error('Connection terminated');
      this.signal.throwIfAborted();
    } catch (error) {
      close(client);
      throw error;
    }
    this.session = client;
    broken.signal.addEventListener('abort', () => this.broke(client));
    void beat(client, broken);
  }

  private broke(client: Client): void {
    close(client);
    this.session = null;
    if (this.signal.aborted) return;
    const { log, owner } = this.options;
    log.warn({ owner }, 'the session that holds the lock broke; nothing is read or written until it is back');
    this.again = this.acquire().then(
      () => log.info({ owner }, 'the lock is held again'),
      (error: Error) => {
        if (this.signal.aborted) throw this.signal.reason;
        const lost =
          error instanceof Taken
            ? new RetryableError(`${error.message}; it came while Postgres was away`, error.holder)
            : error;
        this.giveUp(lost);
        throw lost;
      },
    );
    // Whoever wants to write hears of it.
    this.again.catch(() => undefined);
  }
}

/** @throws Taken, with what Postgres knows of the holder */
async function take(client: Client, claim: Claim): Promise<void> {
  const key = String(numberOf(claim));
  const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1) AS taken', [key]);
  if (rows[0]?.taken) return;
  const holders = await client.query<QueryResultRow>(
    `SELECT l.pid AS backend, a.application_name AS holder, a.client_addr AS address, a.backend_start AS since
       FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND l.classid::bigint << 32 | l.objid::bigint = $1`,
    [key],
  );
  const { backend, holder, address, since } = holders.rows[0] ?? {};
  throw new Taken(claim.taken, {
    backend,
    holder,
    address,
    since: since instanceof Date ? since.toISOString() : since,
  });
}

/** Asks the session again and again, as a dead line says nothing by itself. */
async function beat(client: Client, broken: AbortController): Promise<void> {
  while (!broken.signal.aborted) {
    await sleep(BEAT_MS, broken.signal);
    if (!broken.signal.aborted) await client.query('SELECT 1').catch(() => broken.abort());
  }
}

/** A host name with several addresses fails with one error for each, and no words of its own. */
function wordsOf({ message, code }: Error & { code?: string }): string {
  return message || code || 'no answer';
}

/** Does not wait for an answer, which a dead line would not give. */
function close(client: Client): void {
  client.end().catch(() => undefined);
}

/** 64 bits of a hash, as Postgres counts them. */
function numberOf({ key }: Claim): bigint {
  return createHash('sha256').update(key.join('\n')).digest().readBigInt64BE(0);
}
