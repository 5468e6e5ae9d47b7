import { ZeroAddress } from 'ethers';
import { BATCH_SIZE, SCORE_STATUSES } from '../protocol/scoring/words';

/** An event as ethers decodes it. */
export interface RawEvent {
  /** "Contract.Event" */
  name: string;
  args: Readonly<Record<string, unknown>>;
}

/** Figures of the network by their names in GraphQL, as text. */
export type Figures = Readonly<Record<string, string>>;

/** What the chain's own logs come to, by rules written here anew: nothing of the indexer is asked. */
export class Ledger {
  private readonly sums = new Map<string, bigint>();
  private readonly balances = new Map<string, bigint>();
  private readonly shares = new Map<string, bigint>();
  private readonly nodes = new Map<number, { status: number; score: bigint; retired: boolean }>();
  private readonly words = new Map<number, bigint[]>();
  private readonly jobs = new Map<bigint, { shards: bigint; price: bigint; open: bigint }>();

  /** Takes an event in; they come in the order of the chain. */
  take({ name: event, args }: RawEvent): void {
    const by = (column: string, change: bigint): void => {
      this.sums.set(column, (this.sums.get(column) ?? 0n) + change);
    };
    const number = (key: string) => BigInt(args[key] as bigint);
    const text = (key: string) => String(args[key]);
    switch (event) {
      case 'DPNToken.Transfer': {
        by('transferCount', 1n);
        by('transferVolume', number('value'));
        for (const [key, sign] of [
          ['from', -1n],
          ['to', 1n],
        ] as const) {
          const account = text(key);
          if (account === ZeroAddress) by('totalSupply', -sign * number('value'));
          else this.balances.set(account, (this.balances.get(account) ?? 0n) + sign * number('value'));
        }
        break;
      }
      case 'NodeRegistry.NodeRegistered':
        by('nodeCount', 1n);
        this.nodes.set(Number(args['nodeId']), { status: 0, score: 0n, retired: false });
        this.rescore();
        break;
      case 'NodeRegistry.NodeRetired':
        by('retiredNodeCount', 1n);
        this.nodes.get(Number(args['nodeId']))!.retired = true;
        break;
      case 'NodeStaking.StakeDeposited':
        by('totalStaked', number('amount'));
        break;
      case 'NodeStaking.Delegated':
        this.shares.set(`${text('nodeId')} ${text('delegator')}`, number('delegatorShares'));
        by('totalStaked', number('amount'));
        break;
      case 'NodeStaking.UnbondingStarted':
        if (!args['isSelfStake']) this.shares.set(`${text('nodeId')} ${text('owner')}`, number('ownerShares'));
        by('totalStaked', -number('amount'));
        by('totalUnbonding', number('amount'));
        break;
      case 'NodeStaking.UnbondingWithdrawn':
        by('totalUnbonding', -number('amount'));
        break;
      case 'NodeStaking.Certified':
        by('certifiedNodeCount', 1n);
        break;
      case 'NodeStaking.Decertified':
        by('certifiedNodeCount', -1n);
        break;
      case 'JobMarket.JobPosted': {
        const [shards, price] = [number('shardCount'), number('pricePerShard')];
        this.jobs.set(number('jobId'), { shards, price, open: shards });
        by('jobCount', 1n);
        by('escrowed', shards * price);
        break;
      }
      case 'JobMarket.ShardClaimed':
        this.jobs.get(number('jobId'))!.open -= 1n;
        break;
      case 'JobMarket.ShardAccepted':
        by('acceptedShardCount', 1n);
        break;
      case 'JobMarket.PaymentReleased':
        by('jobPayments', number('amount'));
        by('jobFees', number('fee'));
        by('escrowed', -number('amount') - number('fee'));
        break;
      case 'JobMarket.ShardExpired':
        if (!args['claimed']) this.jobs.get(number('jobId'))!.open -= 1n;
        by('expiredShardCount', 1n);
        by('escrowed', -number('refund'));
        break;
      case 'JobMarket.JobCompleted':
        by('completedJobCount', 1n);
        break;
      case 'JobMarket.JobCancelled':
        this.jobs.get(number('jobId'))!.open = 0n;
        by('cancelledJobCount', 1n);
        by('escrowed', -number('refund'));
        break;
      case 'RewardDistributor.WeightUpdated':
        this.sums.set('totalWeight', number('totalWeight'));
        break;
      case 'RewardDistributor.RewardAccrued':
        by('rewardsAccrued', number('amount'));
        break;
      case 'RewardDistributor.RewardClaimed':
        by('rewardsClaimed', number('amount'));
        break;
      case 'ReputationOracle.RoundAnchored':
        by('roundCount', 1n);
        break;
      case 'ReputationOracle.BatchProven':
        this.words.set(
          Number(args['batch']),
          [...(args['scoreWords'] as bigint[])].map((word) => BigInt(word)),
        );
        this.rescore();
        by('batchCount', 1n);
        break;
    }
  }

  /** Figures of the network after the events so far, by their names in GraphQL, as text; what is missing is 0. */
  figures(): Figures {
    const live = [...this.nodes.values()].filter(({ retired }) => !retired);
    const counts = SCORE_STATUSES.map((status, code) => [
      `${status}NodeCount`,
      live.filter((node) => node.status === code).length,
    ]);
    const figures: Record<string, unknown> = {
      ...Object.fromEntries(this.sums),
      ...Object.fromEntries(counts),
      scoreSumBps: live.reduce((sum, { score }) => sum + score, 0n),
      holders: [...this.balances.values()].filter((balance) => balance > 0n).length,
      delegationCount: [...this.shares.values()].filter((shares) => shares > 0n).length,
      openShardCount: [...this.jobs.values()].reduce((sum, { open }) => sum + open, 0n),
    };
    return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, String(value)]));
  }

  /** A node's score is a field of 16 bits in the words of its batch: two of them its standing. */
  private rescore(): void {
    for (const [id, node] of this.nodes) {
      const words = this.words.get(Math.floor(id / BATCH_SIZE));
      if (words === undefined) continue;
      const field = ((words[Math.floor((id % BATCH_SIZE) / 15)] as bigint) >> BigInt(16 * (id % 15))) & 0xffffn;
      node.status = Number(field >> 14n);
      node.score = field & 0x3fffn;
    }
  }
}
