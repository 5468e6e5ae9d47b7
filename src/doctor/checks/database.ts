import type { Deployment } from '../../chain/deployment';
import type { StartBlocks } from '../../chain/start-blocks';
import type { DatabaseSettings } from '../../config/database';
import { checkEncoding, lockHolders, lookAtServer, type ServerLook } from '../../database/look';
import { followed } from '../../indexer/network';
import { requireSameChain, requireSameNetwork } from '../../indexer/rules/same-network';
import { parseHeader, toHex } from '../../indexer/source/rpc/shapes';
import { type IndexLook, lookAtIndex, lookAtMigrations } from '../../indexer/store/look';
import { lookAtOracle } from '../../oracle/store/look';
import { errorCode, isDatabaseAway, refusedByPostgres } from '../../runtime/database-away';
import type { Checkup, Finding, Learnt } from '../checkup';
import { type EndpointHead, type Endpoints, unlessRefused } from './endpoints';

/** What squid.yaml asks for. */
const OLDEST_VERSION = 16;
/** The index is overdue when it is further behind; the same as in oracleHealth. */
const LAG_BLOCKS = 50;
const MANY_TABLES = 3;
const INDEX_SCHEMAS = ['public', 'squid_processor'];
const OWNER = 'Make that user the owner of the database and of its tables, or set DB_USER to the owner.';

export interface DatabaseChecks {
  settings: Learnt<DatabaseSettings>;
  /** Schema of the reporter's tables. */
  schema: Learnt<string>;
  deployment: Learnt<Deployment>;
  chainId: Learnt<number>;
  starts: Learnt<StartBlocks>;
  endpoints: Endpoints;
  /** The reporter's account, where a key was given and can be read. */
  reporter: Learnt<string> | undefined;
  nowMs(): number;
}

/** The database and what ours is in it. @returns what the server says of itself */
export function checkDatabase(checkup: Checkup, env: DatabaseChecks): Learnt<ServerLook> {
  const { settings, schema, deployment, chainId, endpoints } = env;
  const server = checkup.check('database', [settings, schema], (where, name) => reached(where, name, env.nowMs));
  // Its needs are asked for again so that a database that is away skips the rest.
  const there = server.then(async (known) => ('value' in known ? settings : known));
  checkup.check('database rights', [server, schema], rights);
  checkup.check('index migrations', [there], indexMigrations);
  const index = checkup.check('index', [there, endpoints.heads], (where, heads) => heightOf(where, heads));
  // Whose rows they are is compared with the exact blocks where these are known.
  const starts = env.starts.then((known) => ('value' in known ? known : { value: undefined }));
  checkup.check(
    'index network',
    [there, index, deployment, chainId, endpoints.heads, starts],
    async (where, look, whole, id, heads, from) => {
      return networkOf(where.DB_NAME, look, { whole, id, from, genesisHash: await genesisHash(heads) });
    },
  );
  checkup.check('oracle tables', [there, schema], (where, name) => oracleMigrations({ ...where, ORACLE_SCHEMA: name }));
  if (env.reporter) {
    checkup.check('oracle identity', [there, schema, deployment, env.reporter], (where, name, whole, reporter) =>
      identity({ ...where, ORACLE_SCHEMA: name }, whole, reporter),
    );
  }
  checkup.check('processes', [there], processes);
  return server;
}

async function reached(settings: DatabaseSettings, schema: string, nowMs: () => number): Promise<Finding<ServerLook>> {
  const look = await lookAtServer(settings, [...INDEX_SCHEMAS, schema], nowMs);
  await checkEncoding(settings);
  const { DB_HOST, DB_PORT, DB_NAME, DB_USER } = settings;
  const found = `Postgres ${look.version}, ${DB_NAME} at ${DB_HOST}:${DB_PORT} as ${DB_USER}`;
  if (look.versionNumber >= OLDEST_VERSION * 10_000) return { status: 'ok', found, value: look };
  return {
    status: 'warn',
    found,
    mend: `Nothing is tested with it. Take Postgres ${OLDEST_VERSION} or newer.`,
    value: look,
  };
}

function rights({ user, isReadOnly, mayMakeSchemas, schemas }: ServerLook, oracleSchema: string): Finding {
  if (isReadOnly) {
    return {
      status: 'fail',
      found: 'it takes no writes',
      mend: 'It is a standby or read-only: set DB_HOST to the primary.',
    };
  }
  const lacking = (needed: readonly string[], mayBeMade: boolean) => [
    // The indexer asks for its schema whether or not it is there.
    ...(mayMakeSchemas || !mayBeMade ? [] : ['make schemas']),
    ...schemas
      .filter(({ schema }) => needed.includes(schema))
      .flatMap(({ schema, mayMakeTables, unwritable }) => [
        ...(mayMakeTables ? [] : [`make tables in ${schema}`]),
        ...(unwritable.length > 0 ? [`write ${shortList(unwritable)}`] : []),
      ]),
  ];
  const index = lacking(INDEX_SCHEMAS, true);
  const oracle = lacking([oracleSchema], !schemas.some(({ schema }) => schema === oracleSchema));
  if (index.length + oracle.length === 0) return { status: 'ok', found: `${user} may make and write all tables` };
  const words = (missing: readonly string[]) => `${user} may not ${missing.join(', nor ')}`;
  if (oracle.length === 0) {
    return {
      status: 'warn',
      found: `for an oracle it is enough; ${words(index)}`,
      mend: `An indexer needs it. ${OWNER}`,
    };
  }
  if (index.length === 0) {
    return {
      status: 'warn',
      found: `for an indexer it is enough; ${words(oracle)}`,
      mend: `An oracle needs it. ${OWNER}`,
    };
  }
  return { status: 'fail', found: words([...new Set([...index, ...oracle])]), mend: OWNER };
}

async function indexMigrations(settings: DatabaseSettings): Promise<Finding> {
  const { applied, pending, foreign } = await lookAtMigrations(settings);
  if (applied.length === 0)
    return { status: 'ok', found: 'no tables yet; the first start of npx dpin process makes them' };
  return migrationsFinding(applied.length, pending, foreign, 'npx dpin process');
}

async function oracleMigrations(settings: DatabaseSettings & { ORACLE_SCHEMA: string }): Promise<Finding> {
  const look = await lookAtOracle(settings);
  const where = `schema ${settings.ORACLE_SCHEMA}`;
  if (look === undefined)
    return { status: 'ok', found: `none in ${where} yet; the first start of npx dpin oracle makes them` };
  return migrationsFinding(look.applied.length, look.pending, look.foreign, 'npx dpin oracle');
}

function migrationsFinding(applied: number, pending: string[], foreign: string[], program: string): Finding {
  if (foreign.length > 0) {
    return {
      status: 'fail',
      found: `${shortList(foreign)} applied, which this release does not have`,
      mend: 'A newer release worked on it. Use that one, or restore the database from before.',
    };
  }
  if (pending.length > 0) {
    return {
      status: 'fail',
      found: `${applied} applied, pending: ${shortList(pending)}`,
      mend: `Start ${program} of this release anew: it applies them.`,
    };
  }
  return { status: 'ok', found: `all ${applied} migrations applied` };
}

async function heightOf(settings: DatabaseSettings, heads: readonly EndpointHead[]): Promise<Finding<IndexLook>> {
  const look = await lookAtIndex(settings);
  const { final, newest } = look;
  if (final === undefined || newest === undefined) {
    return { status: 'ok', found: 'nothing is indexed yet', value: look };
  }
  const head = Math.max(...heads.map((one) => one.head.height));
  for (const { endpoint } of heads) {
    const answer = await unlessRefused(() => endpoint.call('eth_getBlockByNumber', toHex(final.height), false));
    const header = answer === undefined ? undefined : parseHeader(answer);
    if (header === undefined) continue;
    if (header.hash === final.hash) break;
    return {
      status: 'fail',
      found: `block ${final.height} is indexed as ${final.hash}, the chain has ${header.hash}`,
      mend: 'The index is of another chain, or the chain was reorganised below finality: correct DB_NAME, or npx dpin resync',
      value: look,
    };
  }
  const lag = Math.max(0, head - newest);
  const found = `up to block ${newest}, final up to ${final.height}; ${lag} blocks behind the chain`;
  if (lag <= LAG_BLOCKS) return { status: 'ok', found, value: look };
  return {
    status: 'warn',
    found,
    mend: 'It catches up while npx dpin process runs; see below whether it does.',
    value: look,
  };
}

interface Wanted {
  whole: Deployment;
  id: number;
  from: StartBlocks | undefined;
  genesisHash: string | null;
}

function networkOf(database: string, { mark, final }: IndexLook, { whole, id, from, genesisHash }: Wanted): Finding {
  if (mark === undefined || final === undefined) {
    return { status: 'ok', found: 'not marked yet; the next start of npx dpin process does it' };
  }
  const wanted = { chainId: id, genesisHash, contracts: followed(whole, from ?? {}) };
  // Both throw what differs with the way out.
  if (from) requireSameNetwork(database, mark, wanted);
  else requireSameChain(database, mark, wanted);
  const genesis = mark.genesisHash === null || genesisHash === null ? '' : ', the same block 0';
  return { status: 'ok', found: `of chain ${mark.chainId}${genesis}, the same contracts` };
}

/** Hash of block 0; null where no endpoint keeps it. */
async function genesisHash(heads: readonly EndpointHead[]): Promise<string | null> {
  for (const { endpoint } of heads) {
    const answer = await unlessRefused(() => endpoint.call('eth_getBlockByNumber', '0x0', false));
    const header = answer === undefined ? undefined : parseHeader(answer);
    if (header) return header.hash;
  }
  return null;
}

async function identity(
  settings: DatabaseSettings & { ORACLE_SCHEMA: string },
  { chainId, contracts }: Deployment,
  reporter: string,
): Promise<Finding> {
  const kept = (await lookAtOracle(settings))?.identity;
  if (kept === undefined) return { status: 'ok', found: 'the schema belongs to nobody yet' };
  const same = kept.chainId === chainId && kept.oracle === contracts.ReputationOracle && kept.reporter === reporter;
  const found = `the schema keeps the rounds of reporter ${kept.reporter} on chain ${kept.chainId}`;
  if (same) return { status: 'ok', found };
  return {
    status: 'fail',
    found: `${found}, contract ${kept.oracle}`,
    mend: 'Give every reporter and every network an ORACLE_SCHEMA or a database of its own, or set the account it belongs to.',
  };
}

async function processes(settings: DatabaseSettings): Promise<Finding> {
  const holders = await lockHolders(settings);
  if (holders.length === 0) return { status: 'ok', found: 'no indexer and no oracle works on it' };
  const words = holders.map(({ name, since }) => {
    return `${name.replace(/^dpin (.*?) lock, /, '$1 on ')} since ${since.toISOString().slice(0, 19)}Z`;
  });
  return { status: 'ok', found: words.join('; ') };
}

/** What an error of Postgres means for a person; undefined for one that is not Postgres's. */
export function explainPostgres(error: unknown): Finding | undefined {
  const code = errorCode(error);
  const { message } = error as { message?: string };
  const found = `Postgres: ${message || code}`;
  const refused = refusedByPostgres(error);
  if (refused) return { status: 'fail', found, mend: refused.advice };
  if (isDatabaseAway(error)) {
    return { status: 'fail', found, mend: 'Start Postgres, or correct DB_HOST and DB_PORT.' };
  }
  if (/^[0-9A-Z]{5}$/.test(code)) return { status: 'fail', found, mend: 'Look into the log of Postgres.' };
  return undefined;
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, MANY_TABLES).join(', ');
  return names.length > MANY_TABLES ? `${shown} and ${names.length - MANY_TABLES} more` : shown;
}
