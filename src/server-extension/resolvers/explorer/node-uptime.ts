import { Field, Int, ObjectType } from 'type-graphql';
import { type EpochClock, type EpochRange, epochStart, epochsOfWindow, uptimeOf } from '../../../protocol/uptime';
import { rowsOf, type Transaction } from '../query';
import { DAY_SECONDS, dateOf, type NetworkState, secondsOf } from './network-state';
import { epochKey } from './values';

/** Lengths of the windows that are told. */
export const WINDOWS = {
  uptime24h: DAY_SECONDS,
  uptime7d: 7n * DAY_SECONDS,
  uptime30d: 30n * DAY_SECONDS,
} as const;
type WindowName = keyof typeof WINDOWS;
const WINDOW_NAMES = Object.keys(WINDOWS) as WindowName[];

@ObjectType({
  description:
    "A node's epochs in a window by what the reporters' quorum said of them. The window ends with the newest epoch " +
    'proven for the node, so that no epoch counts that waits for its proof; epochs before the node’s registration are ' +
    'left out. What was not measured is never counted as failed',
})
export class Uptime {
  @Field(() => Int, { description: 'Epochs that ended in the window' })
  epochs!: number;
  @Field(() => Int, { description: 'Those that the quorum called passed' })
  passed!: number;
  @Field(() => Int, { description: 'Those that it called failed' })
  failed!: number;
  @Field(() => Int, { description: 'The rest: the quorum said nothing' })
  notMeasured!: number;
  @Field(() => Int, { nullable: true, description: 'passed / (passed + failed), basis points; null when none was' })
  uptimeBps!: number | null;
  @Field(() => Int, { nullable: true, description: '(passed + failed) / epochs, basis points; null without epochs' })
  coverageBps!: number | null;
  @Field(() => Int, { description: 'First epoch of the window; above toEpoch when it has none' })
  fromEpoch!: number;
  @Field(() => Int, { description: 'Last epoch of the window' })
  toEpoch!: number;
  @Field(() => Date, { description: 'End of that epoch' })
  endsAt!: Date;
}

/** A node's uptime in each window. */
export type NodeUptime = Record<WindowName, Uptime | null>;

const UNKNOWN: NodeUptime = { uptime24h: null, uptime7d: null, uptime30d: null };

/** What of a node its uptime is computed from. */
export interface UptimeColumns {
  id: string;
  nodeId: number;
  registeredAt: Date;
  passCount: number;
  failCount: number;
  scoreEpoch: number | null;
}

interface Window {
  node: UptimeColumns;
  name: WindowName;
  range: EpochRange;
}

interface BeforeRow {
  passCount: number;
  failCount: number;
}

/** Epochs of the windows of each node, up to the newest epoch proven for it; nodes without a proof are left out. */
export function windowsOf(nodes: readonly UptimeColumns[], { clock }: NetworkState): Window[] {
  if (clock === null) return [];
  return nodes.flatMap((node) => {
    // Every proof of its batch sets it.
    if (node.scoreEpoch === null) return [];
    const last = BigInt(node.scoreEpoch);
    const registeredAt = secondsOf(node.registeredAt);
    return WINDOW_NAMES.map((name) => ({
      node,
      name,
      range: epochsOfWindow(clock, { windowSeconds: WINDOWS[name], last, registeredAt }),
    }));
  });
}

/** Uptime of each node by its id, with one look at the newest score change before each window. */
export async function uptimesOf(
  tx: Transaction,
  nodes: readonly UptimeColumns[],
  state: NetworkState,
): Promise<Map<string, NodeUptime>> {
  const found = new Map(nodes.map(({ id }) => [id, { ...UNKNOWN }]));
  const { clock } = state;
  const windows = windowsOf(nodes, state);
  if (clock === null || windows.length === 0) return found;
  const before = await rowsOf<BeforeRow>(
    tx,
    `SELECT coalesce(c.pass_count, 0) AS "passCount", coalesce(c.fail_count, 0) AS "failCount"
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY w (node_id, first_id, place)
     LEFT JOIN LATERAL (
       SELECT c.pass_count, c.fail_count FROM score_change c
       WHERE c.node_id = w.node_id AND c.id < w.first_id ORDER BY c.id DESC LIMIT 1
     ) c ON true
     ORDER BY w.place`,
    [windows.map(({ node }) => node.id), windows.map(({ node, range }) => `${node.id}-${epochKey(range.first)}`)],
  );
  windows.forEach((window, place) => {
    const { id } = window.node;
    const uptime = uptimeIn(window, before[place] ?? { passCount: 0, failCount: 0 }, clock);
    found.set(id, { ...(found.get(id) ?? UNKNOWN), [window.name]: uptime });
  });
  return found;
}

function uptimeIn({ node, range }: Window, before: BeforeRow, clock: EpochClock): Uptime {
  const votes = ({ passCount, failCount }: BeforeRow) => ({ passed: BigInt(passCount), failed: BigInt(failCount) });
  const { epochs, passed, failed, notMeasured, uptimeBps, coverageBps } = uptimeOf(range, votes(node), votes(before));
  return {
    epochs: Number(epochs),
    passed: Number(passed),
    failed: Number(failed),
    notMeasured: Number(notMeasured),
    uptimeBps: uptimeBps === null ? null : Number(uptimeBps),
    coverageBps: coverageBps === null ? null : Number(coverageBps),
    fromEpoch: Number(range.first),
    toEpoch: Number(range.last),
    endsAt: dateOf(epochStart(clock, range.last + 1n)),
  };
}
