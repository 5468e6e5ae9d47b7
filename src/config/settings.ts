import type * as Cron from 'node-cron';
import { z } from 'zod';
import { FatalError } from '../runtime/errors';
import { ORACLE_LIST } from './oracle-list';

/** The long-running processes; a setting names those that read it. */
export type ProcessName = 'indexer' | 'api' | 'oracle' | 'node' | 'devnet';

interface Setting {
  /** Parses the environment's text into the value used by the code. */
  schema: z.ZodType;
  /** Text used when the environment does not name the setting; absent: the setting is required. */
  default?: string;
  description: string;
  example: string;
  /** True keeps the value out of every log and error. */
  secret?: true;
  processes: readonly ProcessName[];
}

const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `is not between ${min} and ${max}`);
const url = (...protocols: string[]) =>
  z.string().refine(
    (text) => {
      try {
        return protocols.includes(new URL(text).protocol);
      } catch {
        return false;
      }
    },
    `is not an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  );
/** One address or several, separated by commas; comes out as one text, for `rpcUrls` to divide. */
const urlList = (max: number, ...protocols: string[]) =>
  z.string().superRefine((text, context) => {
    const urls = rpcUrls(text);
    if (urls.length > max) context.addIssue({ code: 'custom', message: `has more than ${max} addresses` });
    const wrong = urls.map((one) => url(...protocols).safeParse(one)).find(({ success }) => !success);
    if (wrong?.error) context.addIssue({ code: 'custom', message: wrong.error.issues[0]?.message ?? 'is not valid' });
    if (new Set(urls).size < urls.length) context.addIssue({ code: 'custom', message: 'has an address twice' });
  });
const hexBytes = (bytes: number) =>
  z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`), `is not 0x and ${bytes * 2} hex digits`);
/** A time as cron has it, or nothing. The parser is loaded only by what has such a setting. */
const cronTime = z
  .string()
  .refine(
    (text) => text === '' || (require('node-cron') as typeof Cron).validate(text),
    'is not five or six fields as cron has them',
  );
/** Origins of pages, separated by commas: `*`, none, or some. */
const origins = z
  .string()
  .transform((text) => (text === '' ? [] : text.split(',').map((one) => one.trim())))
  .refine(
    (all) =>
      all.every((one) => (one === '*' && all.length === 1) || (URL.canParse(one) && new URL(one).origin === one)),
    'is neither * nor origins such as https://example.org, separated by commas',
  );
const path = z.string().min(1, 'is empty').max(4096, 'is longer than a path can be');

/** What a schema of a reporter's tables may be called: a name that SQL takes as it is. */
export const ORACLE_SCHEMA_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** The addresses in RPC_URL, the preferred one first. */
export function rpcUrls(setting: string): string[] {
  return setting.split(',').map((text) => text.trim());
}

const CHAIN_READERS = ['indexer', 'oracle', 'node'] as const;
const DATABASE_USERS = ['indexer', 'api', 'oracle'] as const;

/** Every setting of every process; .env.example and docs/reference/settings.md are written from this table. */
export const SETTINGS = {
  RPC_URL: {
    schema: urlList(8, 'http:', 'https:'),
    description:
      'JSON-RPC endpoints of the chain, 1 to 8, separated by commas, the preferred one first. The others take over ' +
      'when it fails, and the indexer compares what two of them say.',
    example: 'http://127.0.0.1:8545',
    processes: CHAIN_READERS,
  },
  CHAIN_ID: {
    schema: integer(1, 2 ** 32),
    description: 'Chain id the endpoint must answer with: 56 BNB Chain, 97 its testnet, 31337 a devnet.',
    example: '31337',
    processes: CHAIN_READERS,
  },
  DEPLOYMENT_FILE: {
    schema: path,
    description: 'JSON file with the addresses of the contracts and the block they were deployed in.',
    example: '.devnet/deployment.json',
    processes: CHAIN_READERS,
  },
  FINALITY_BLOCKS: {
    schema: z.literal('network').or(integer(1, 1_000)),
    default: 'network',
    description:
      'Blocks after which a block counts as final. With network the indexer takes the chain at its word (its finalized ' +
      'block, on BNB Chain 240 blocks at most) and oracle and node wait for 15 blocks.',
    example: '15',
    processes: CHAIN_READERS,
  },
  INDEX_SOURCE: {
    schema: z.enum(['filtered', 'rpc', 'gateway', 'portal'], { error: 'is none of filtered, rpc, gateway, portal' }),
    default: 'filtered',
    description:
      "Where the indexer has its blocks from: filtered asks RPC_URL for the network's logs only, rpc for every block " +
      'with all its logs; gateway and portal take final blocks from an SQD archive, and the newest as filtered does.',
    example: 'filtered',
    processes: ['indexer'],
  },
  INDEX_ARCHIVE_URL: {
    schema: url('http:', 'https:'),
    default: '',
    description: "Address of this chain's data set at an SQD archive gateway or SQD Portal, for INDEX_SOURCE.",
    example: 'https://portal.sqd.dev/datasets/binance-mainnet',
    processes: ['indexer'],
  },
  INDEX_ARCHIVE_KEY: {
    schema: z.string().max(4096),
    default: '',
    description: 'API key for INDEX_ARCHIVE_URL, where it wants one; sent as a bearer token.',
    example: 'a long text',
    secret: true,
    processes: ['indexer'],
  },
  AUDIT_CRON: {
    schema: cronTime,
    default: '17 3 * * *',
    description:
      'When the indexer compares its rows with the contracts: minute, hour, day, month and weekday, seconds before them if ' +
      'wanted, in the time zone of the process (TZ, else that of the machine); empty for never. RPC_URL needs an endpoint that keeps the state of a block for as long as it takes.',
    example: '17 3 * * 0',
    processes: ['indexer'],
  },
  AUDIT_CALLS_PER_SECOND: {
    schema: integer(1, 100_000),
    default: '200',
    description: 'Reads of contracts that an audit makes a second.',
    example: '50',
    processes: ['indexer'],
  },
  METRICS_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    description:
      'Address on which a process shows /live, /ready and /metrics; they tell how the machine does, so only this machine ' +
      'by default.',
    example: '10.0.0.5',
    processes: ['indexer', 'api', 'oracle', 'node'],
  },
  INDEX_METRICS_PORT: {
    schema: integer(0, 65535),
    default: '4492',
    description: 'Port on which the indexer shows /live, /ready and /metrics; 0 for none.',
    example: '4492',
    processes: ['indexer'],
  },
  DB_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    description: 'Postgres host.',
    example: '127.0.0.1',
    processes: DATABASE_USERS,
  },
  DB_PORT: {
    schema: integer(1, 65535),
    default: '5432',
    description: 'Postgres port.',
    example: '5432',
    processes: DATABASE_USERS,
  },
  DB_NAME: {
    schema: z.string().min(1),
    default: 'dpin',
    description: 'Postgres database.',
    example: 'dpin',
    processes: DATABASE_USERS,
  },
  DB_USER: {
    schema: z.string().min(1),
    default: 'postgres',
    description: 'Postgres user.',
    example: 'dpin',
    processes: DATABASE_USERS,
  },
  DB_PASS: {
    schema: z.string(),
    description: 'Postgres password.',
    example: 'a long random text',
    secret: true,
    processes: DATABASE_USERS,
  },
  ORACLE_SCHEMA: {
    schema: z
      .string()
      .regex(ORACLE_SCHEMA_NAME, 'is not 1 to 63 of a-z, 0-9 and _ that begin with a letter')
      .refine(
        (name) => !/^(public|squid_processor|information_schema|pg_.*)$/.test(name),
        'belongs to the index or to Postgres',
      ),
    default: 'oracle',
    description: "Postgres schema of the reporter's tables; several reporters can share a database, each with its own.",
    example: 'oracle_2',
    processes: ['oracle', 'api'],
  },
  DEVNET_DIR: {
    schema: path,
    default: '.devnet',
    description: 'Folder in which a devnet keeps its chain, database and logs between starts.',
    example: '.devnet',
    processes: ['devnet'],
  },
  DEVNET_RPC_PORT: {
    schema: integer(1, 65535),
    default: '8545',
    description: "Port of the devnet's chain.",
    example: '8545',
    processes: ['devnet'],
  },
  DEVNET_DB_PORT: {
    schema: integer(1, 65535),
    default: '15432',
    description: "Port of the devnet's Postgres.",
    example: '15432',
    processes: ['devnet'],
  },
  GQL_PORT: {
    schema: integer(1, 65535),
    default: '4350',
    description: 'Port of the GraphQL server.',
    example: '4350',
    processes: ['api', 'devnet'],
  },
  GQL_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    description: 'Address on which the GraphQL server answers; a proxy in front of it adds TLS.',
    example: '0.0.0.0',
    processes: ['api'],
  },
  GQL_CORS_ORIGINS: {
    schema: origins,
    default: '*',
    description:
      'Origins whose pages may ask in a browser, separated by commas; * for any, empty for none. Answers are public and ' +
      'the same for everybody, so any is safe.',
    example: 'https://explorer.example,https://staking.example',
    processes: ['api'],
  },
  GQL_METRICS_PORT: {
    schema: integer(0, 65535),
    default: '4390',
    description: 'Port on which the GraphQL server shows /live, /ready and /metrics; 0 for none.',
    example: '4390',
    processes: ['api'],
  },
  ORACLE_PORT: {
    schema: integer(0, 65535),
    default: '4400',
    description: 'Port on which the oracle waits for node agents (WebSocket).',
    example: '4400',
    processes: ['oracle', 'devnet'],
  },
  ORACLE_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    description: 'Address on which the oracle waits for node agents; a proxy in front of it adds TLS.',
    example: '0.0.0.0',
    processes: ['oracle'],
  },
  GATEWAY_PER_ADDRESS: {
    schema: integer(8, 1024),
    default: '256',
    description:
      'Connections of one address (IPv6: one /64) that may wait for their handshake at the same time, of 1,024 in all; ' +
      'more of them displace each other. Raise it where many nodes come through one address, such as a proxy.',
    example: '1024',
    processes: ['oracle'],
  },
  ORACLE_METRICS_PORT: {
    schema: integer(0, 65535),
    default: '4490',
    description: 'Port on which the oracle shows /live, /ready and /metrics; 0 for none.',
    example: '4490',
    processes: ['oracle'],
  },
  EVIDENCE_DIR: {
    schema: path,
    default: 'evidence',
    description: "Folder of this reporter's public evidence: transcripts and reveals, by their hash.",
    example: '/var/lib/dpin/evidence',
    processes: ['oracle'],
  },
  EVIDENCE_PORT: {
    schema: integer(0, 65535),
    default: '4500',
    description: 'Port on which anybody can fetch the evidence (HTTP).',
    example: '4500',
    processes: ['oracle', 'devnet'],
  },
  EVIDENCE_HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    description: 'Address on which the evidence server waits; a proxy on the same machine in front of it adds TLS.',
    example: '0.0.0.0',
    processes: ['oracle'],
  },
  EVIDENCE_URL: {
    schema: url('http:', 'https:'),
    default: '',
    description:
      'Public address of the evidence server that GraphQL tells; made of EVIDENCE_HOST and EVIDENCE_PORT when not set.',
    example: 'https://evidence.reporter.example',
    processes: ['oracle'],
  },
  EVIDENCE_MAX_GB: {
    schema: integer(1, 1_000_000),
    default: '50',
    description:
      'Disk that the evidence may take, GB; the oldest goes first. It should hold at least the challenge window.',
    example: '400',
    processes: ['oracle'],
  },
  ORACLE_VERIFIERS: {
    schema: integer(1, 64),
    default: '1',
    description: 'Processes that check what nodes reveal; one for every core that is free for it.',
    example: '4',
    processes: ['oracle'],
  },
  ORACLE_RETENTION_DAYS: {
    schema: integer(0, 36_500),
    default: '90',
    description:
      'Days after which rounds, challenges, transcripts, incidents, absences and addresses leave the database; 0 keeps them for ever.',
    example: '365',
    processes: ['oracle'],
  },
  MIN_BUSY_PRICE_WEI: {
    schema: z
      .string()
      .regex(/^\d{1,30}$/, 'is not a whole number')
      .transform(BigInt),
    default: '1000000000000000000',
    description: 'Least price of a shard, in wei of DPN, that excuses a node from a challenge while it works on it.',
    example: '1000000000000000000',
    processes: ['oracle'],
  },
  ORACLE_URL: {
    schema: ORACLE_LIST,
    description:
      'Reporters that the node works for, 1 to 16: account and WebSocket address of each, separated by commas.',
    example: '0x1234567890123456789012345678901234567890@wss://reporter.example:4400',
    processes: ['node'],
  },
  NODE_ID: {
    schema: integer(0, 2 ** 32 - 1),
    description: 'nodeId that the NodeRegistry gave this node.',
    example: '7',
    processes: ['node'],
  },
  NODE_THREADS: {
    schema: integer(1, 256),
    default: '1',
    description: 'Threads of the CPU backend; the number of cores where the machine does nothing else.',
    example: '8',
    processes: ['node'],
  },
  NODE_METRICS_PORT: {
    schema: integer(0, 65535),
    default: '0',
    description: 'Port on which the node agent shows /live, /ready and /metrics; 0 for none.',
    example: '4491',
    processes: ['node'],
  },
  NODE_JOURNAL_FILE: {
    schema: path,
    default: '',
    description: 'File in which a node keeps what it committed to, so that it can open a round after a restart.',
    example: '/var/lib/dpin/node-7.journal',
    processes: ['node'],
  },
  NODE_RECEIPTS_FILE: {
    schema: path,
    default: '',
    description:
      'File in which a node keeps what reporters signed for it, one line of JSON each: of a day at least, or the newest 32 MiB.',
    example: '/var/lib/dpin/node-7.receipts',
    processes: ['node'],
  },
  KEY: {
    schema: hexBytes(32),
    default: '',
    description: "Private key: the reporter's account (oracle) or the worker key (node). Or use KEYSTORE_FILE.",
    example: '0x… (64 hex digits)',
    secret: true,
    processes: ['oracle', 'node'],
  },
  KEYSTORE_FILE: {
    schema: path,
    default: '',
    description: 'Encrypted keystore file (JSON, version 3) instead of KEY.',
    example: '/etc/dpin/reporter.json',
    processes: ['oracle', 'node'],
  },
  KEYSTORE_PASSWORD_FILE: {
    schema: path,
    default: '',
    description: 'File whose first line opens KEYSTORE_FILE.',
    example: '/run/secrets/reporter-password',
    processes: ['oracle', 'node'],
  },
} as const satisfies Record<string, Setting>;

type Settings = typeof SETTINGS;
export type SettingName = keyof Settings;
type NamesOf<P extends ProcessName> = {
  [K in SettingName]: P extends Settings[K]['processes'][number] ? K : never;
}[SettingName];
/** What `readSettings` gives the process P, names as in the environment. */
export type SettingsOf<P extends ProcessName> = { [K in NamesOf<P>]: z.output<Settings[K]['schema']> };

/** Names of the settings that a process reads. */
export function settingsRead(process: ProcessName): SettingName[] {
  const all = Object.entries(SETTINGS) as [SettingName, Setting][];
  return all.filter(([, { processes }]) => processes.includes(process)).map(([name]) => name);
}

/**
 * Reads one setting from the environment.
 * @throws FatalError naming it, what is wrong with it and an example.
 */
export function readSetting<N extends SettingName>(name: N, env: NodeJS.ProcessEnv): z.output<Settings[N]['schema']> {
  const setting: Setting = SETTINGS[name];
  const text = env[name] ?? setting.default;
  if (text === undefined) {
    throw new FatalError(`${name} is not set`, `${setting.description} For example ${name}=${setting.example}`);
  }
  if (text === '' && setting.default === '') return '' as z.output<Settings[N]['schema']>;
  const parsed = setting.schema.safeParse(text);
  if (!parsed.success) {
    const shown = setting.secret ? 'its value' : JSON.stringify(text.slice(0, 100));
    const problem = parsed.error.issues[0]?.message ?? 'is not valid';
    throw new FatalError(
      `${name}: ${shown} ${problem}`,
      `${setting.description} For example ${name}=${setting.example}`,
    );
  }
  return parsed.data as z.output<Settings[N]['schema']>;
}

/**
 * Reads the settings of one process from the environment.
 * @throws FatalError naming the first wrong or missing setting, what is wrong with it and an example.
 */
export function readSettings<P extends ProcessName>(process: P, env: NodeJS.ProcessEnv): SettingsOf<P> {
  return Object.fromEntries(settingsRead(process).map((name) => [name, readSetting(name, env)])) as SettingsOf<P>;
}
