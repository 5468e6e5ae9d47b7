import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ZeroAddress } from 'ethers';
import { CONTRACT_NAMES, type ContractName } from '../../src/chain/contracts';
import { readArtifact } from '../../src/deploy/artifacts';
import { EXIT_DIFFERENT, EXIT_FATAL } from '../../src/runtime/exit';
import { Fixture } from './fixture';
import { Scenario } from './scenario';

const COMMAND = join(__dirname, '..', '..', 'bin', 'dpin.js');
const DAY_SECONDS = 86_400;
const STATUSES = ['unrated', 'provisional', 'established', 'failing'] as const;

type Row = Record<string, unknown>;
/** An event as ethers decodes it. */
interface RawEvent {
  contract: ContractName;
  name: string;
  args: Record<string, unknown>;
  block: number;
  seconds: number;
}

/** What the chain's own logs come to, by rules written here anew; nothing of the indexer is asked. */
class Ledger {
  private readonly sums = new Map<string, bigint>();
  private readonly balances = new Map<string, bigint>();
  private readonly shares = new Map<string, bigint>();
  private readonly nodes = new Map<number, { status: number; score: bigint; retired: boolean }>();
  private readonly words = new Map<number, bigint[]>();
  private readonly jobs = new Map<bigint, { shards: bigint; price: bigint; open: bigint }>();

  take({ contract, name, args }: RawEvent): void {
    const by = (column: string, change: bigint): void => {
      this.sums.set(column, (this.sums.get(column) ?? 0n) + change);
    };
    const number = (key: string) => BigInt(args[key] as bigint);
    const text = (key: string) => String(args[key]);
    switch (`${contract}.${name}`) {
      case 'DPNToken.Transfer': {
        by('transfer_count', 1n);
        by('transfer_volume', number('value'));
        for (const [key, sign] of [
          ['from', -1n],
          ['to', 1n],
        ] as const) {
          const account = text(key);
          if (account === ZeroAddress) by('total_supply', -sign * number('value'));
          else this.balances.set(account, (this.balances.get(account) ?? 0n) + sign * number('value'));
        }
        break;
      }
      case 'NodeRegistry.NodeRegistered':
        by('node_count', 1n);
        this.nodes.set(Number(args['nodeId']), { status: 0, score: 0n, retired: false });
        this.rescore();
        break;
      case 'NodeRegistry.NodeRetired':
        by('retired_node_count', 1n);
        this.nodes.get(Number(args['nodeId']))!.retired = true;
        break;
      case 'NodeStaking.StakeDeposited':
        by('total_staked', number('amount'));
        break;
      case 'NodeStaking.Delegated':
        this.shares.set(`${text('nodeId')} ${text('delegator')}`, number('delegatorShares'));
        by('total_staked', number('amount'));
        break;
      case 'NodeStaking.UnbondingStarted':
        if (!args['isSelfStake']) this.shares.set(`${text('nodeId')} ${text('owner')}`, number('ownerShares'));
        by('total_staked', -number('amount'));
        by('total_unbonding', number('amount'));
        break;
      case 'NodeStaking.UnbondingWithdrawn':
        by('total_unbonding', -number('amount'));
        break;
      case 'NodeStaking.Certified':
        by('certified_node_count', 1n);
        break;
      case 'NodeStaking.Decertified':
        by('certified_node_count', -1n);
        break;
      case 'JobMarket.JobPosted': {
        const [shards, price] = [number('shardCount'), number('pricePerShard')];
        this.jobs.set(number('jobId'), { shards, price, open: shards });
        by('job_count', 1n);
        by('escrowed', shards * price);
        break;
      }
      case 'JobMarket.ShardClaimed':
        this.jobs.get(number('jobId'))!.open -= 1n;
        break;
      case 'JobMarket.ShardAccepted':
        by('accepted_shard_count', 1n);
        break;
      case 'JobMarket.PaymentReleased':
        by('job_payments', number('amount'));
        by('job_fees', number('fee'));
        by('escrowed', -number('amount') - number('fee'));
        break;
      case 'JobMarket.ShardExpired':
        if (!args['claimed']) this.jobs.get(number('jobId'))!.open -= 1n;
        by('expired_shard_count', 1n);
        by('escrowed', -number('refund'));
        break;
      case 'JobMarket.JobCompleted':
        by('completed_job_count', 1n);
        break;
      case 'JobMarket.JobCancelled':
        this.jobs.get(number('jobId'))!.open = 0n;
        by('cancelled_job_count', 1n);
        by('escrowed', -number('refund'));
        break;
      case 'RewardDistributor.WeightUpdated':
        this.sums.set('total_weight', number('totalWeight'));
        break;
      case 'RewardDistributor.RewardAccrued':
        by('rewards_accrued', number('amount'));
        break;
      case 'RewardDistributor.RewardClaimed':
        by('rewards_claimed', number('amount'));
        break;
      case 'ReputationOracle.RoundAnchored':
        by('round_count', 1n);
        break;
      case 'ReputationOracle.BatchProven':
        this.words.set(
          Number(args['batch']),
          [...(args['scoreWords'] as bigint[])].map((word) => BigInt(word)),
        );
        this.rescore();
        by('batch_count', 1n);
        break;
    }
  }

  /** The columns of a row of the series, as text. */
  columns(): Record<string, string> {
    const live = [...this.nodes.values()].filter(({ retired }) => !retired);
    const counts = STATUSES.map((status, code) => [
      `${status}_node_count`,
      live.filter((node) => node.status === code).length,
    ]);
    const columns: Record<string, unknown> = {
      ...Object.fromEntries(this.sums),
      ...Object.fromEntries(counts),
      score_sum_bps: live.reduce((sum, { score }) => sum + score, 0n),
      holders: [...this.balances.values()].filter((balance) => balance > 0n).length,
      delegation_count: [...this.shares.values()].filter((shares) => shares > 0n).length,
      open_shard_count: [...this.jobs.values()].reduce((sum, { open }) => sum + open, 0n),
    };
    return Object.fromEntries(Object.entries(columns).map(([column, value]) => [column, String(value)]));
  }

  /** A node's score is a field of 16 bits in the words of its batch: two of them its standing. */
  private rescore(): void {
    for (const [id, node] of this.nodes) {
      const words = this.words.get(Math.floor(id / 60));
      if (words === undefined) continue;
      const field = ((words[Math.floor((id % 60) / 15)] as bigint) >> BigInt(16 * (id % 15))) & 0xffffn;
      node.status = Number(field >> 14n);
      node.score = field & 0x3fffn;
    }
  }
}

describe('the series of days and epochs', () => {
  let fixture: Fixture;
  let scenario: Scenario;
  let database: string;
  let epochSeconds: number;

  beforeAll(async () => {
    fixture = await Fixture.start();
    scenario = new Scenario(fixture);
    database = await fixture.database();
    const indexer = fixture.index(database);
    await scenario.governance();
    await scenario.stakingAndRegistry();
    await scenario.jobs();
    await scenario.oracle(1, 5_000);
    await scenario.rewards();
    await scenario.oracle(8, 6_000);
    await scenario.pass(DAY_SECONDS);
    for (let choice = 0; choice < 12; choice++) await scenario.step(choice);
    await scenario.jobs();
    // A day without an event between them.
    await scenario.pass(2 * DAY_SECONDS);
    await scenario.endings();
    await scenario.step(1);
    await fixture.mine(20);
    await fixture.untilIndexed(database, indexer);
    expect(await indexer.stop()).toBe(0);
    epochSeconds = Number(await scenario.read('ReputationOracle', 'epochSeconds', []));
  }, 120_000);
  afterAll(() => fixture.stop());

  function rollups(...args: string[]) {
    const env = { ...process.env, ...fixture.env(database) };
    const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'rollups', ...args], { env });
    return { status, output: `${stdout}${stderr}` };
  }

  const series = async () => {
    const dump = await fixture.dump(database);
    const rows = (table: string): Row[] => (dump.get(table) ?? []).map((row) => JSON.parse(row));
    return { days: rows('network_day'), epochs: rows('network_epoch') };
  };

  /** All events of the network, decoded by ethers, in the order of the chain. */
  async function rawEvents(): Promise<RawEvent[]> {
    const { provider } = fixture.chain;
    const { contracts } = fixture.network.deployment;
    const names = new Map(CONTRACT_NAMES.map((name) => [contracts[name], name]));
    const logs = await provider.getLogs({ fromBlock: 0, toBlock: 'latest' });
    const times = new Map<number, number>();
    const events: RawEvent[] = [];
    for (const { address, topics, data, blockNumber } of logs) {
      const contract = names.get(address.toLowerCase());
      const parsed = contract && readArtifact(contract).abi.parseLog({ topics: [...topics], data });
      if (!contract || !parsed || parsed.name === 'Approval') continue;
      if (!times.has(blockNumber)) times.set(blockNumber, (await provider.getBlock(blockNumber))!.timestamp);
      const args = parsed.args.toObject();
      events.push({ contract, name: parsed.name, args, block: blockNumber, seconds: times.get(blockNumber)! });
    }
    return events;
  }

  it('are what the raw logs come to, day by day and epoch by epoch', async () => {
    const ledger = new Ledger();
    const days = new Map<number, Row>();
    const epochs = new Map<number, Row>();
    const { genesisTime } = fixture.network;
    for (const event of await rawEvents()) {
      ledger.take(event);
      const { block, seconds } = event;
      const said = { ...ledger.columns(), block: String(block), timestamp: new Date(seconds * 1000).toISOString() };
      days.set(Math.floor(seconds / DAY_SECONDS), said);
      epochs.set(Math.max(-1, Math.floor((seconds - genesisTime) / epochSeconds)), said);
    }
    const found = await series();
    for (const [rows, due] of [
      [found.days, days],
      [found.epochs, epochs],
    ] as const) {
      expect(rows.length).toBeGreaterThan(2);
      expect(rows.map(({ number }) => number)).toEqual([...due.keys()]);
      for (const row of rows) {
        const said = due.get(row['number'] as number)!;
        const { id: _, number: __, starts_at: ___, ...columns } = row;
        const zeros = Object.fromEntries(Object.keys(columns).map((column) => [column, '0']));
        const texts = Object.fromEntries(Object.entries(columns).map(([column, value]) => [column, String(value)]));
        expect({ number: row['number'], ...texts }).toEqual({ number: row['number'], ...zeros, ...said });
      }
    }
  });

  it('begin where the calendar and the oracle say, all time before epoch 0 first', async () => {
    const { days, epochs } = await series();
    for (const { number, starts_at } of days) {
      expect(starts_at).toBe(new Date((number as number) * DAY_SECONDS * 1000).toISOString());
    }
    expect(epochs[0]).toMatchObject({ id: '0', number: -1, starts_at: '1970-01-01T00:00:00.000Z' });
    for (const { id, number, starts_at } of epochs.slice(1)) {
      expect(id).toBe(String(number).padStart(10, '0'));
      const seconds = fixture.network.genesisTime + (number as number) * epochSeconds;
      expect(starts_at).toBe(new Date(seconds * 1000).toISOString());
    }
  });

  it('are what the histories of the index come to, and are made anew from them', async () => {
    const before = await fixture.dump(database);
    expect(rollups('--check')).toEqual({
      status: 0,
      output: expect.stringContaining('the series equal the histories'),
    });
    await fixture.query(database, 'TRUNCATE network_day, network_epoch');
    const empty = rollups('--check');
    expect(empty).toEqual({ status: EXIT_DIFFERENT, output: expect.stringContaining('histories have it') });

    expect(rollups()).toEqual({
      status: 0,
      output: expect.stringMatching(/^\d+ rows of days and epochs were made anew/m),
    });
    expect(await fixture.dump(database)).toEqual(before);
    const indexer = fixture.index(database);
    await fixture.untilIndexed(database, indexer);
    expect(rollups()).toEqual({ status: EXIT_FATAL, output: expect.stringContaining('An indexer works on this') });
    await scenario.step(0);
    await fixture.untilIndexed(database, indexer);
    expect(rollups('--check').status).toBe(0);
    expect(await indexer.stop()).toBe(0);
  }, 60_000);

  it('name row, column and both values where they differ', async () => {
    const { days } = await series();
    const last = days.at(-1)!;
    await fixture.query(database, `UPDATE network_day SET holders = holders + 1 WHERE id = '${last['id']}'`);
    const found = rollups('--check');
    const holders = last['holders'] as number;
    expect(found.output).toContain(`network_day ${last['id']}: holders ${holders + 1}, by histories ${holders}`);
    expect(found.status).toBe(EXIT_DIFFERENT);
    const { differenceCount, differences } = JSON.parse(rollups('--check', '--json').output.trim().split('\n').at(-1)!);
    expect(differenceCount).toBe(1);
    expect(differences).toMatchObject([{ table: 'network_day', id: last['id'] }]);
    await fixture.query(database, `UPDATE network_day SET holders = ${holders} WHERE id = '${last['id']}'`);
  });

  it('cannot be made before anything is indexed', async () => {
    const before = database;
    database = await fixture.database();
    expect(rollups('--check').output).toContain('Nothing is indexed yet');
    database = before;
  });
});
