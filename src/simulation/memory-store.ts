import type { ChallengeRecords, DeviceId, RoundRecords, StoredTranscript } from '../oracle/rounds/ports';
import type { PresenceRecords, WrittenAbsence } from '../oracle/rounds/presence';
import {
  type Anchor,
  type Commitments,
  type Draw,
  OVER,
  type Round,
  type RoundParts,
  roundOf,
  type Slot,
  type State,
  statesBefore,
  type UnfinishedRound,
} from '../oracle/rounds/states';
import {
  type AnchoredChallenge,
  type Challenge,
  challengeKey,
  isAnchored,
  type JudgedChallenge,
} from '../oracle/store/model';
import { toHex } from '../protocol/bytes';
import type { TaskName } from '../protocol/tasks';

interface ChallengeRow {
  challenge: Challenge;
  isCheckedAgain: boolean;
  transcript: StoredTranscript | null;
}

interface RoundRow extends RoundParts {
  /** By challengeKey. */
  readonly challenges: Map<string, ChallengeRow>;
}

/** The oracle's tables in memory: what the Postgres stores do (one suite tests both), without Postgres. */
export class MemoryStore implements RoundRecords, ChallengeRecords, PresenceRecords {
  private readonly rows = new Map<number, RoundRow>();
  private readonly unfinishedRounds = new Set<number>();
  /** First round of each commitment, 0x hex. */
  private readonly firstSeen = new Map<string, number>();
  private readonly rates = new Map<string, { round: number; rate: bigint }>();
  private aliveMs: number | null = null;
  private readonly absences: WrittenAbsence[] = [];

  async schedule({ reporter: _, software: __, ...slot }: Slot & { reporter: string; software: string }): Promise<void> {
    if (this.rows.has(slot.round)) return;
    const empty = { draw: null, sentAtMs: null, commitments: null, anchor: null, coinsMs: null, fault: null };
    this.rows.set(slot.round, { slot, state: 'scheduled', ...empty, challenges: new Map() });
    this.unfinishedRounds.add(slot.round);
  }

  async find(round: number): Promise<Round | undefined> {
    const row = this.rows.get(round);
    return row && roundOf(row);
  }

  async unfinished(): Promise<UnfinishedRound[]> {
    return [...this.unfinishedRounds].sort((a, b) => a - b).map((round) => roundOf(this.row(round)) as UnfinishedRound);
  }

  async newest(): Promise<number | undefined> {
    return this.rows.size === 0 ? undefined : Math.max(...this.rows.keys());
  }

  async open(round: number, draw: Draw, challenges: readonly Challenge[]): Promise<void> {
    if (this.move(round, 'open', { draw })) await this.insertNeutral(challenges);
  }

  async sending(round: number, atMs: number): Promise<void> {
    const row = this.row(round);
    if (row.sentAtMs !== null) return;
    this.rows.set(round, { ...row, sentAtMs: atMs });
    for (const stored of row.challenges.values()) {
      const { signature, verdict } = stored.challenge;
      if (signature !== null && !verdict) stored.challenge = { ...stored.challenge, sentMs: 0 };
    }
  }

  async sent(round: number, challenges: readonly Challenge[]): Promise<void> {
    for (const challenge of challenges) {
      const { sentMs, turnedAway, softwareAdapter } = challenge;
      this.change(challenge, round, (stored) => ({ ...stored, sentMs, turnedAway, softwareAdapter }));
    }
  }

  async commit(round: number, commitments: Commitments, leaves: readonly DeviceId[]): Promise<void> {
    if (!this.move(round, 'committed', { commitments })) return;
    for (const [leafIndex, leaf] of leaves.entries()) {
      this.change(leaf, round, (stored) => ({ ...stored, leafIndex }));
    }
  }

  async anchoring(round: number): Promise<void> {
    this.move(round, 'anchoring', {});
  }

  async opening(round: number, anchor: Anchor): Promise<void> {
    this.move(round, 'opening', { anchor });
  }

  async coinsSent(round: number, coinsMs: number): Promise<void> {
    const row = this.row(round);
    this.rows.set(round, { ...row, coinsMs: row.coinsMs ?? coinsMs });
  }

  async finish(round: number, fault: string | null): Promise<void> {
    this.move(round, fault === null ? 'closed' : 'void', { fault });
  }

  async ofRound(round: number): Promise<Challenge[]> {
    const challenges = [...(this.rows.get(round)?.challenges.values() ?? [])].map(({ challenge }) => challenge);
    return challenges.sort((a, b) => a.nodeId - b.nodeId || a.device - b.device);
  }

  async saveAnswer(answered: Challenge): Promise<void> {
    const { commit, busy, brokenMs } = answered;
    const stored = this.rows.get(answered.round)?.challenges.get(challengeKey(answered))?.challenge;
    if (!stored || stored.commit || stored.verdict) return;
    this.change(answered, answered.round, (before) => ({ ...before, commit, busy, brokenMs }));
    if (!commit) return;
    const commitment = toHex(commit.commitment);
    this.firstSeen.set(commitment, Math.min(answered.round, this.firstSeen.get(commitment) ?? answered.round));
  }

  async saveReveal(revealed: Challenge): Promise<void> {
    this.change(revealed, revealed.round, (stored) => {
      return stored.reveal || stored.verdict ? stored : { ...stored, reveal: revealed.reveal };
    });
  }

  async saveVerdict(judged: JudgedChallenge, transcript: StoredTranscript, replace: boolean): Promise<void> {
    const row = this.row(judged.round).challenges.get(challengeKey(judged));
    if (!row || (row.challenge.verdict && !replace)) return;
    row.challenge = { ...row.challenge, verdict: judged.verdict };
    row.transcript = transcript;
    const { code, opsPerMs } = judged.verdict;
    const key = `${judged.params.task} ${challengeKey(judged)}`;
    const last = this.rates.get(key);
    if (code !== 'OK' || opsPerMs === null || (last && last.round > judged.round)) return;
    this.rates.set(key, { round: judged.round, rate: opsPerMs });
  }

  async seenBefore(round: number, commitments: readonly Uint8Array[]): Promise<Set<string>> {
    const earlier = commitments.map(toHex).filter((commitment) => (this.firstSeen.get(commitment) ?? round) < round);
    return new Set(earlier);
  }

  async lastRates(task: TaskName, devices: readonly DeviceId[]): Promise<Map<string, bigint>> {
    const rates = new Map<string, bigint>();
    for (const device of devices) {
      const key = challengeKey(device);
      const last = this.rates.get(`${task} ${key}`);
      if (last) rates.set(key, last.rate);
    }
    return rates;
  }

  async ofNewestBefore(round: number): Promise<Challenge[]> {
    const before = [...this.rows.keys()].filter((number) => number < round && this.row(number).challenges.size > 0);
    return before.length === 0 ? [] : this.ofRound(Math.max(...before));
  }

  async insertNeutral(challenges: readonly Challenge[]): Promise<void> {
    for (const challenge of challenges) {
      const { challenges: stored } = this.row(challenge.round);
      const key = challengeKey(challenge);
      if (!stored.has(key)) stored.set(key, { challenge, isCheckedAgain: false, transcript: null });
    }
  }

  async toCheckAgain(epoch: number, tasks: readonly TaskName[]): Promise<AnchoredChallenge[]> {
    const newest = new Map<string, ChallengeRow>();
    for (const row of [...this.rows.values()].sort((a, b) => a.slot.round - b.slot.round)) {
      if (row.slot.epoch !== epoch) continue;
      for (const [key, stored] of row.challenges) {
        const { params, verdict } = stored.challenge;
        if (verdict?.code === 'OK' && tasks.includes(params.task)) newest.set(key, stored);
      }
    }
    const challenges = [...newest.values()].filter((row) => !row.isCheckedAgain).map(({ challenge }) => challenge);
    return challenges.filter(isAnchored).sort((a, b) => a.nodeId - b.nodeId || a.device - b.device);
  }

  async checkedAgain(challenge: Challenge): Promise<void> {
    const row = this.row(challenge.round).challenges.get(challengeKey(challenge));
    if (row) row.isCheckedAgain = true;
  }

  async aliveAt(): Promise<number | null> {
    return this.aliveMs;
  }

  async beat(atMs: number): Promise<void> {
    this.aliveMs = Math.max(atMs, this.aliveMs ?? atMs);
  }

  async add(absence: WrittenAbsence): Promise<void> {
    const isKnown = ({ fromMs, toMs }: WrittenAbsence) => fromMs === absence.fromMs && toMs === absence.toMs;
    if (!this.absences.some(isKnown)) this.absences.push({ ...absence, lostMs: Math.ceil(absence.lostMs) });
  }

  async since(atMs: number): Promise<WrittenAbsence[]> {
    return this.absences.filter(({ toMs }) => toMs > atMs).sort((a, b) => a.fromMs - b.fromMs || a.toMs - b.toMs);
  }

  /** Moves a round on, from the states that MOVES allows and no other. @returns false when it was in none of them */
  private move(round: number, to: State, set: Partial<RoundParts>): boolean {
    const row = this.rows.get(round);
    if (!row || !statesBefore(to).includes(row.state)) return false;
    this.rows.set(round, { ...row, ...set, state: to });
    if (OVER.includes(to)) this.unfinishedRounds.delete(round);
    return true;
  }

  private change(device: DeviceId, round: number, changed: (stored: Challenge) => Challenge): void {
    const row = this.row(round).challenges.get(challengeKey(device));
    if (row) row.challenge = changed(row.challenge);
  }

  private row(round: number): RoundRow {
    const row = this.rows.get(round);
    if (!row) throw new RangeError(`there is no round ${round}`);
    return row;
  }
}
