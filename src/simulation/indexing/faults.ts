import type { SeededRandom } from '../random';

/** One JSON-RPC call as it came. */
export interface Call {
  id: unknown;
  method: string;
  // biome-ignore lint/suspicious/noExplicitAny: parameters are of all kinds
  params: any[];
}

/** The answer to one call. */
export interface Answer {
  id: unknown;
  jsonrpc: '2.0';
  // biome-ignore lint/suspicious/noExplicitAny: results are of all kinds
  result?: any;
  error?: { code: number; message: string };
}

/** What is sent back: a connection that breaks, or HTTP with a body. */
export type Reply = 'cut' | { status: number; headers?: Record<string, string>; body: string };

/** What an endpoint does wrong for a while. */
export interface Fault {
  name: string;
  /** In the place of the chain's answers. */
  reply?(calls: readonly Call[]): Reply | Promise<Reply> | undefined;
  /** Before the chain is asked. */
  before?(calls: readonly Call[]): Promise<unknown>;
  /** Another call than the one that came. */
  ask?(call: Call): Call;
  /** Another answer than the chain's. */
  alter?(call: Call, answer: Answer): Answer;
}

/** Makes a fault. @param tools what it may use of the world */
type Maker = (random: SeededRandom, tools: FaultTools) => Fault;
export interface FaultTools {
  /** Replaces some of the newest blocks. */
  reorg(): Promise<unknown>;
  /** Height of the chain now. */
  height(): Promise<number>;
  sleep(ms: number): Promise<void>;
}

type RawLog = { blockNumber: string; topics: string[]; data: string; logIndex: string };

const json = (body: unknown, status = 200, headers?: Record<string, string>): Reply => ({
  status,
  body: JSON.stringify(body),
  ...(headers && { headers }),
});
const errorOf = (id: unknown, code: number, message: string): Answer => ({
  id,
  jsonrpc: '2.0',
  error: { code, message },
});
const whole =
  (status: number, body: string): Fault['reply'] =>
  () => ({ status, body });

/** Words by which endpoints refuse a range of blocks. */
const RANGE_WORDS = [
  [-32_005, 'query returned more than 10000 results'],
  [-32_602, 'eth_getLogs is limited to a small range'],
  [-32_000, 'block range is too wide'],
  [-32_614, 'exceed maximum block range'],
  [35, 'ranges over 10 blocks are not supported on the free plan'],
] as const;
const RATE_WORDS = [
  [-32_005, 'daily request rate limit reached'],
  [429, 'Too Many Requests'],
  [-32_029, 'you exceeded your compute units per second'],
] as const;

const isLogs = ({ method }: Call): boolean => method === 'eth_getLogs';
const isBlock = ({ method }: Call): boolean => method === 'eth_getBlockByNumber' || method === 'eth_getBlockByHash';
const heightOf = (log: RawLog): number => Number(log.blockNumber);

/** Leaves out logs of an answer. */
const lossy =
  (name: string, keeps: (random: SeededRandom) => (log: RawLog, logs: readonly RawLog[]) => boolean): Maker =>
  (random) => {
    const keep = keeps(random);
    return {
      name,
      alter: (call, answer) =>
        isLogs(call) && Array.isArray(answer.result)
          ? { ...answer, result: answer.result.filter((log: RawLog) => keep(log, answer.result)) }
          : answer,
    };
  };
/** Says another thing about one log, or about a block. */
const altered =
  (name: string, concerns: (call: Call) => boolean, change: (result: never, random: SeededRandom) => unknown): Maker =>
  (random) => ({
    name,
    alter: (call, answer) =>
      concerns(call) && answer.result ? { ...answer, result: change(answer.result as never, random) } : answer,
  });

/** No answer, or one that is none: any endpoint may be so for a while, and all of them together. */
export const AVAILABILITY_FAULTS: readonly Maker[] = [
  () => ({ name: 'away', reply: () => 'cut' }),
  (random, { sleep }) => ({ name: 'slow', before: () => sleep(random.between(50, 400)) }),
  (random, { sleep }) => ({
    name: 'hangs up late',
    reply: async () => {
      await sleep(random.between(100, 800));
      return 'cut' as const;
    },
  }),
  () => ({ name: 'HTTP 503', reply: whole(503, '<html>Service Unavailable</html>') }),
  () => ({ name: 'HTTP 429', reply: () => ({ status: 429, headers: { 'retry-after': '1' }, body: 'slow down' }) }),
  () => ({ name: 'HTML with HTTP 200', reply: whole(200, '<html>Welcome</html>') }),
  () => ({ name: 'cut off JSON', reply: whole(200, '[{"jsonrpc":"2.0","id":0,"result":{"number":"0x') }),
  () => ({ name: 'empty body', reply: whole(200, '') }),
  (random) => {
    const [code, message] = random.pick(RATE_WORDS);
    return {
      name: 'rate limit as an error',
      reply: (calls) => json(calls.map(({ id }) => errorOf(id, code, message))),
    };
  },
  (random) => {
    const [code, message] = random.pick(RANGE_WORDS);
    const widest = random.between(1, 20);
    const status = random.pick([200, 200, 400, 413]);
    const isTooWide = (call: Call) =>
      isLogs(call) && Number(call.params[0]?.toBlock) - Number(call.params[0]?.fromBlock) >= widest;
    return {
      name: `ranges above ${widest} refused with HTTP ${status}`,
      reply: (calls) =>
        status !== 200 && calls.some(isTooWide) ? json(errorOf(null, code, message), status) : undefined,
      alter: (call, answer) => (isTooWide(call) ? errorOf(call.id, code, message) : answer),
    };
  },
  () => ({
    name: 'batches refused',
    reply: (calls) =>
      calls.length > 1 ? json(errorOf(null, -32_600, 'batch requests are not allowed'), 400) : undefined,
  }),
  (random, { reorg }) => {
    let left = random.between(1, 2);
    return { name: 'fork while it reads', before: async () => left-- > 0 && reorg() };
  },
  (random, { height }) => {
    const behind = random.between(1, 4);
    let view = 0;
    return {
      name: 'replica behind',
      before: async () => {
        view = Math.max(0, (await height()) - behind);
      },
      ask: (call) => asOf(call, view),
      alter: (call, answer) =>
        isBlock(call) && Number(answer.result?.number) > view ? { ...answer, result: null } : answer,
    };
  },
];

/** Answers that leave out what blooms or a second reading show: an endpoint may give them even when it is alone. */
export const LOSS_FAULTS: readonly Maker[] = [
  lossy('empty answers for logs', () => () => false),
  lossy('logs of some blocks lost', (random) => {
    const which = random.below(3);
    return (log) => heightOf(log) % 3 !== which;
  }),
  lossy('logs after a block lost', () => (log, logs) => {
    const heights = logs.map(heightOf);
    return heightOf(log) <= (Math.min(...heights) + Math.max(...heights)) / 2;
  }),
  altered('no block', isBlock, (block: { number: string }, random) => (random.chance(0.5) ? null : block)),
];

/** Answers that contradict those of other endpoints, and nothing else. */
export const LIE_FAULTS: readonly Maker[] = [
  ...LOSS_FAULTS,
  lossy('single logs lost', (random) => () => random.chance(0.8)),
  altered('data of a log changed', isLogs, (logs: RawLog[], random) => {
    const at = random.below(logs.length);
    return logs.map((log, index) =>
      index === at ? { ...log, data: log.data.replace(/.$/, log.data.endsWith('7') ? '8' : '7') } : log,
    );
  }),
  altered('a log twice', isLogs, (logs: RawLog[]) => [...logs, ...logs.slice(-1)]),
  altered('logs of one block under another', isLogs, (logs: RawLog[]) =>
    logs.map((log) => ({ ...log, blockNumber: logs[0]?.blockNumber })),
  ),
  altered('another block', isBlock, (block: { number: string }) => ({
    ...block,
    hash: `0x${'5a'.repeat(32)}`,
  })),
  altered('another time', isBlock, (block: { timestamp: string }, random) => ({
    ...block,
    timestamp: `0x${(Number(block.timestamp) + random.between(-2, 5)).toString(16)}`,
  })),
];

/** The same call to an endpoint that has no block above `view`. */
function asOf(call: Call, view: number): Call {
  const hex = `0x${view.toString(16)}`;
  if (call.method === 'eth_getBlockByNumber' && call.params[0] === 'latest') {
    return { ...call, params: [hex, ...call.params.slice(1)] };
  }
  if (!isLogs(call) || call.params[0]?.toBlock === undefined) return call;
  const { fromBlock, toBlock, ...filter } = call.params[0];
  const upTo = Math.min(Number(toBlock), view);
  // From a block that it lacks there is nothing: such a range is asked for as an empty one.
  if (Number(fromBlock) > upTo) return { ...call, params: [{ ...filter, fromBlock: '0x0', toBlock: '0x0' }] };
  return { ...call, params: [{ ...filter, fromBlock, toBlock: `0x${upTo.toString(16)}` }] };
}
