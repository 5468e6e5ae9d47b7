import { toBeHex, zeroPadValue } from 'ethers';
import type { ContractName } from '../../chain/contracts';
import type { SeededRandom } from '../random';
import type { Deed, SimulatedChain } from './chain';

const DPN = 10n ** 18n;
/** As the devnet has them. */
const EPOCH_SECONDS = 50;
const SLOT_SECONDS = 25;
const hash = (value: number): string => zeroPadValue(toBeHex(value + 1), 32);

type Kind = (deeds: Deeds) => Deed[] | Promise<Deed[]>;

/** What people do with the network: everything that has an event, in any order. Some of it is refused by the contracts. */
export class Deeds {
  private sequence = 0;

  constructor(
    private readonly chain: SimulatedChain,
    private readonly random: SeededRandom,
  ) {}

  /** Transactions for one block, of two to eight kinds. */
  async some(): Promise<Deed[]> {
    const deeds: Deed[] = [];
    for (let count = this.random.between(2, 8); count > 0; count--) {
      let drawn = this.random.below(ALL_OF_THEM);
      const [, kind] = KINDS.find(([weight]) => {
        drawn -= weight;
        return drawn < 0;
      }) as (typeof KINDS)[number];
      deeds.push(...(await kind(this)));
    }
    return deeds;
  }

  get staker(): string {
    return this.random.pick(this.chain.accounts.stakers).address;
  }

  get client(): string {
    return this.chain.accounts.client.address;
  }

  get governor(): string {
    return this.chain.accounts.deployer.address;
  }

  /** A node of the deployment; the first ones more often. */
  get node(): number {
    return this.random.below(this.random.chance(0.7) ? 3 : this.chain.accounts.operators.length);
  }

  operator(node: number): string {
    return this.chain.accounts.operators[node]!.address;
  }

  between(from: number, to: number): number {
    return this.random.between(from, to);
  }

  get stranger(): string {
    return toBeHex(0xabc000 + this.random.below(40), 20);
  }

  hash(): string {
    return hash(this.sequence++);
  }

  /** An id given out by a contract so far; 0 when there is none. */
  async id(contract: ContractName, method: string): Promise<number> {
    const count = Number(await this.chain.read(contract, method));
    return count === 0 ? 0 : Math.max(0, count - 1 - this.random.below(Math.min(count, 6)));
  }

  async now(): Promise<number> {
    return Number((await this.chain.newest()).timestamp);
  }

  async newest(): Promise<{ number: string; hash: string }> {
    return this.chain.newest();
  }

  async sinceGenesis(): Promise<number> {
    return (await this.now()) - this.chain.genesisTime;
  }

  get reporter(): string {
    return this.chain.accounts.reporters[0]!.address;
  }

  get target(): string {
    return this.chain.deployment.contracts.JobMarket;
  }
}

const one = (from: string, contract: ContractName, method: string, ...args: unknown[]): Deed[] => [
  { from, contract, method, args },
];

const KINDS: readonly (readonly [weight: number, kind: Kind])[] = [
  [10, (d) => one(d.client, 'DPNToken', 'transfer', d.stranger, BigInt(d.between(0, 1_000)))],
  [2, (d) => one(d.staker, 'DPNToken', 'transfer', d.staker, BigInt(d.between(0, 9)) * DPN)],
  [3, (d) => one(d.staker, 'DPNToken', 'delegate', d.between(0, 3) === 0 ? toBeHex(0, 20) : d.staker)],
  [8, (d) => one(d.staker, 'NodeStaking', 'delegate', d.node, BigInt(d.between(1, 50)) * DPN)],
  [6, (d) => one(d.staker, 'NodeStaking', 'unbond', d.node, BigInt(d.between(1, 9)) * DPN)],
  [3, (d) => onNode(d, 'NodeStaking', 'stake', BigInt(d.between(1, 20)) * DPN)],
  [3, (d) => onNode(d, 'NodeStaking', 'unbondSelfStake', BigInt(d.between(1, 400)) * DPN)],
  [5, async (d) => withdrawal(d, await d.id('NodeStaking', 'lockCount'))],
  [3, (d) => onNode(d, 'NodeStaking', 'scheduleCommission', d.between(0, 10_000))],
  [2, (d) => onNode(d, 'NodeStaking', 'applyCommission')],
  [1, (d) => one(d.governor, 'NodeStaking', 'setCertificationThreshold', BigInt(d.between(50, 700)) * DPN)],
  [2, (d) => one(d.client, 'NodeStaking', 'refreshCertification', [d.node])],
  // Of a node that nobody registered: the distributor refuses.
  [1, (d) => one(d.client, 'NodeStaking', 'refreshCertification', [2 ** 32 - 1 - d.between(0, 9)])],
  [1, (d) => one(d.operator(7), 'NodeRegistry', 'retireNode', 7)],
  [3, (d) => onNode(d, 'NodeRegistry', 'updateNode', d.stranger, d.between(1, 16), 'nul\0 here', `ipfs://${d.hash()}`)],
  [2, (d) => onNode(d, 'NodeRegistry', 'rotateWorkerKey', toBeHex(BigInt(d.hash()) + 0xeee0000n, 20))],
  [
    1,
    (d) =>
      one(
        d.staker,
        'NodeRegistry',
        'registerNode',
        toBeHex(BigInt(d.hash()) + 0xfff0000n, 20),
        d.staker,
        1,
        1,
        'x',
        '',
      ),
  ],
  [5, async (d) => posting(d, await d.now())],
  [5, async (d) => wholeShard(d, await d.id('JobMarket', 'jobCount'))],
  [8, async (d) => onShard(d, 'claimShard', await d.id('JobMarket', 'jobCount'))],
  [6, async (d) => onShard(d, 'submitShard', await d.id('JobMarket', 'jobCount'))],
  [4, async (d) => one(d.client, 'JobMarket', 'acceptShard', await d.id('JobMarket', 'jobCount'), d.between(0, 2))],
  [2, async (d) => one(d.staker, 'JobMarket', 'autoAcceptShard', await d.id('JobMarket', 'jobCount'), d.between(0, 2))],
  [4, async (d) => one(d.staker, 'JobMarket', 'expireShard', await d.id('JobMarket', 'jobCount'), d.between(0, 2))],
  [1, async (d) => one(d.client, 'JobMarket', 'cancelJob', await d.id('JobMarket', 'jobCount'))],
  [1, (d) => one(d.governor, 'JobMarket', 'setFee', d.between(0, 2_000), d.stranger)],
  [5, (d) => one(d.client, 'RewardDistributor', 'sync', [d.node, d.node])],
  [3, (d) => one(d.staker, 'RewardDistributor', 'claim', d.node)],
  [3, (d) => onNode(d, 'RewardDistributor', 'claimOperator')],
  [1, (d) => one(d.governor, 'RewardDistributor', 'setStakeCap', BigInt(d.between(100, 90_000)) * DPN)],
  [1, (d) => one(d.governor, 'RewardDistributor', 'setClassWeight', d.between(0, 3), d.between(0, 10_000))],
  [1, (d) => one(d.governor, 'AccessManager', 'labelRole', d.between(3, 5), `role \0 ${d.hash()}`)],
  [1, (d) => one(d.governor, 'AccessManager', 'grantRole', d.between(3, 5), d.client, d.between(0, 60))],
  [1, (d) => one(d.governor, 'AccessManager', 'setTargetFunctionRole', d.target, ['0x12345678'], d.between(3, 5))],
  [1, (d) => one(d.governor, 'AccessManager', 'revokeRole', d.between(3, 5), d.client)],
  [
    1,
    (d) => one(d.governor, 'ReputationOracle', 'setMethodology', d.hash(), [64_000, 10_000, 2, 65_536, 1, 9, 200_000]),
  ],
  [4, round],
  [4, scores],
];
const ALL_OF_THEM = KINDS.reduce((sum, [weight]) => sum + weight, 0);

function onNode(d: Deeds, contract: ContractName, method: string, ...args: unknown[]): Deed[] {
  const node = d.node;
  return one(d.operator(node), contract, method, node, ...args);
}

function withdrawal(d: Deeds, lock: number): Deed[] {
  return one(d.staker, 'NodeStaking', 'withdraw', lock);
}

function posting(d: Deeds, now: number): Deed[] {
  const deadline = now + d.between(20, 200);
  return one(d.client, 'JobMarket', 'postJob', 0, 3, BigInt(d.between(1, 9)) * DPN, 0, 0, deadline, d.hash());
}

/** A shard from its claim to its payment, all in one block. */
function wholeShard(d: Deeds, job: number): Deed[] {
  const shard = d.between(0, 2);
  return [
    ...one(d.operator(shard), 'JobMarket', 'claimShard', job, shard, shard),
    ...one(d.operator(shard), 'JobMarket', 'submitShard', job, shard, d.hash()),
    ...one(d.client, 'JobMarket', 'acceptShard', job, shard),
  ];
}

/** The node of a shard is its number, so that who claims it can submit it. */
function onShard(d: Deeds, method: 'claimShard' | 'submitShard', job: number): Deed[] {
  const shard = d.between(0, 2);
  const last = method === 'claimShard' ? shard : d.hash();
  return one(d.operator(shard), 'JobMarket', method, job, shard, last);
}

/** A round that opened at the newest block, and the pin of its anchor. */
async function round(d: Deeds): Promise<Deed[]> {
  const open = await d.newest();
  const number = Math.max(0, Math.floor((await d.sinceGenesis()) / SLOT_SECONDS));
  const anchor = [number, Number(open.number), open.hash, d.hash(), d.between(1, 9), d.hash()];
  return [
    ...one(d.reporter, 'ReputationOracle', 'anchorRound', ...anchor),
    ...one(d.client, 'ReputationOracle', 'pinAnchor', Math.max(0, number - d.between(0, 1))),
  ];
}

/** Evidence and scores of an epoch that is long over, for the nodes of the deployment. */
async function scores(d: Deeds): Promise<Deed[]> {
  const epoch = Math.floor((await d.sinceGenesis()) / EPOCH_SECONDS) - 3;
  if (epoch < 0) return [];
  const score = d.between(1, 8_000);
  const entries = Array.from({ length: 15 }, (_, node) => (2n << 14n) | BigInt(score + node));
  const word = entries.reduce((sum, entry, node) => sum | (entry << BigInt(16 * node)), 0n);
  const states = Array.from({ length: 30 }, (_, pair) => {
    const even = 65_536n | (BigInt(pair) << 26n) | (BigInt(score + pair) << 72n);
    const odd = BigInt(pair) | (65_536n << 26n) | (3n << 87n);
    return even | (odd << 95n);
  });
  const point = [1, 1];
  const submission = [epoch, 0, 1, score, 7, [word, word, word, word], states, point, [point, point], point];
  return [
    ...one(d.reporter, 'ReputationOracle', 'anchorEvidence', epoch, d.hash(), d.hash()),
    ...one(d.reporter, 'ReputationOracle', 'submitBatch', submission),
  ];
}
