import { SOFTWARE } from '../../config/version';
import { fromHex, toHex } from '../../protocol/bytes';
import { canonicalJson, type Json } from '../../protocol/canonical-json';
import { hardwareClass } from '../../protocol/classes';
import { dpinDomain, isSignedBy } from '../../protocol/eip712';
import { sha256 } from '../../protocol/hash';
import { anchorLeaf, isUnderRoot } from '../../protocol/merkle';
import { MAX_WORDS } from '../../protocol/messages';
import { factsProblem } from '../../protocol/rounds/consistent';
import { decide } from '../../protocol/rounds/decide';
import { roundTimes } from '../../protocol/rounds/timetable';
import { coinHash, coins, roundSeed, taskSeed } from '../../protocol/seeds';
import { busyValue, verdictValue } from '../../protocol/signed-values';
import { challengeBoundsProblem, drawTask, measuredRate, perfBps, referenceRate, TASKS } from '../../protocol/tasks';
import { verdictGroup } from '../../protocol/verdicts';
import { BACKSTOP, checkReveal } from './check-reveal';
import { Difference, Missing } from './difference';
import { paramsOf, type Transcript } from './transcript';

/**
 * Makes a challenge's verdict again from its transcript and reveal (protocol section 7), without the chain.
 * @param bringReveal brings the bytes under `open.sha256`, null when the transcript names none; asked once the sizes are
 * known to be those of the class
 * @returns what held, a sentence a step
 * @throws Difference at the first thing that does not
 */
export async function* replay(
  transcript: Transcript,
  bringReveal: () => Promise<Uint8Array | null>,
): AsyncGenerator<string> {
  const asked = askedRightly(transcript);
  const reveal = await bringReveal();
  yield asked;
  yield drawnRightly(transcript);
  yield answered(transcript);
  yield anchored(transcript);
  yield revealed(transcript, reveal);
  yield await checked(transcript, reveal);
  yield judged(transcript);
  yield signed(transcript);
}

/** The challenge is one of the class, the facts have its times and do not contradict themselves. */
function askedRightly(transcript: Transcript): string {
  const { challenge, facts, timetable } = transcript;
  const params = paramsOf(transcript);
  const hardware = classOf(transcript);
  const problem = challengeBoundsProblem(hardware, params, challenge.deadlineMs);
  if (problem) throw new Difference(`challenge: ${problem}`);
  same('challenge.referencePerMs', challenge.referencePerMs, referenceRate(hardware, params.task).toString());
  same('facts.deadlineMs', facts.deadlineMs, challenge.deadlineMs);
  if (facts.softwareAdapter && transcript.hardwareClass === 0) {
    throw new Difference('facts.softwareAdapter in a class that asks for no GPU');
  }
  const contradiction = factsProblem(facts);
  if (contradiction) throw new Difference(`facts: ${contradiction}`);
  same('facts.revealEndMs', facts.revealEndMs, roundTimes(timetable).revealEndMs);
  return `the challenge asks ${params.task} as class ${hardware.name} may be asked`;
}

/** Seeds and task follow from the draw, and the reporter signed the challenge. */
function drawnRightly(transcript: Transcript): string {
  const { opening, challenge, facts, round, nodeId, device, reporter } = transcript;
  same('facts.opened', facts.opened, opening !== null);
  if (!opening) return 'the challenges of the round did not go out: there is no draw to show';
  const { task, ...sizes } = paramsOf(transcript);
  const seed = roundSeed({
    chainId: BigInt(transcript.chainId),
    oracle: transcript.oracle,
    round: BigInt(round),
    openBlockNumber: BigInt(opening.openBlock),
    openBlockHash: opening.openBlockHash,
    nonce: fromHex(opening.nonce, 32),
  });
  same('challenge.task', task, drawTask(seed));
  const expected = taskSeed({ task, ...sizes, roundSeed: seed, reporter, nodeId, device });
  same('challenge.taskSeed', challenge.taskSeed, toHex(expected));
  if (!challenge.signature) {
    same('facts.sentMs', facts.sentMs, null);
    return 'task and task seed follow from the draw; the node was not asked';
  }
  const { openBlock, openBlockHash, nonce } = opening;
  const asked = { round, openBlock, openBlockHash, nonce, nodeId, device, task: TASKS[task].id, ...sizes };
  const value = { ...asked, taskSeed: challenge.taskSeed, deadlineMs: challenge.deadlineMs };
  if (!isSignedBy(reporter, domainOf(transcript), 'Challenge', value, challenge.signature)) {
    throw new Difference('challenge.signature is not the reporter’s');
  }
  return 'task and task seed follow from the draw; the reporter signed the challenge';
}

/** The node signed what the facts say that it answered. */
function answered(transcript: Transcript): string {
  const { commit, busy, facts, workerKey, challenge } = transcript;
  same('facts.commit', facts.commit?.elapsedMs ?? null, commit.elapsedMs);
  same('facts.busy', facts.busy !== null, busy !== null);
  const domain = domainOf(transcript);
  if (busy) {
    const value = busyValue({ jobId: busy.job, shard: busy.shard }, challenge.taskSeed);
    if (!isSignedBy(workerKey, domain, 'Busy', value, busy.signature)) {
      throw new Difference('busy.signature is not the worker key’s');
    }
  }
  if (commit.commitment === null) return busy ? 'the worker key signed the busy claim' : 'the node did not commit';
  const value = { taskSeed: challenge.taskSeed, commitment: commit.commitment };
  if (!commit.signature || !isSignedBy(workerKey, domain, 'Commit', value, commit.signature)) {
    throw new Difference('commit.signature is not the worker key’s');
  }
  return 'the worker key signed the commitment';
}

/** The commitment lies under the root, and the coins follow from the anchor. */
function anchored(transcript: Transcript): string {
  const { anchor, opening, commit, nodeId, device, facts } = transcript;
  const index = anchor?.index ?? null;
  same('facts.anchored', facts.anchored, index !== null);
  if (!anchor) return 'no anchor was final when this verdict was given';
  const coinSecret = fromHex(anchor.coinSecret, 32);
  same('opening.coinHash', opening?.coinHash, toHex(coinHash(coinSecret)));
  if (index === null) return 'the coin secret is the drawn one; the commitment is not under the anchor';
  if (commit.commitment === null || commit.elapsedMs === null)
    throw new Difference('anchor.index without a commitment');
  const root = fromHex(anchor.root, 32);
  const leaf = anchorLeaf({
    nodeId,
    device,
    commitment: fromHex(commit.commitment, 32),
    elapsedMs: commit.elapsedMs,
  });
  const path = anchor.path.map((element) => fromHex(element, 32));
  if (!isUnderRoot(root, leaf, index, anchor.count, path)) {
    throw new Difference('anchor.path does not lead from commitment and elapsedMs to anchor.root');
  }
  const expected = coins({ anchorBlockHash: anchor.blockHash, coinSecret, root, nodeId, device });
  same('anchor.coins', anchor.coins, toHex(expected));
  return 'the commitment lies under the root; the coins follow from anchor block, secret and root';
}

function revealed({ open, facts }: Transcript, reveal: Uint8Array | null): string {
  same('facts.revealMs', facts.revealMs !== null, open.sha256 !== null);
  if (open.sha256 === null) return 'the node revealed nothing';
  if (!reveal) throw new Missing(`the reveal ${open.sha256} is not there`);
  same('open.sha256', open.sha256, toHex(sha256(reveal)));
  same('open.bytes', open.bytes, reveal.length);
  return `the reveal of ${reveal.length} bytes is the one that came`;
}

/** The reveal's check finds what the facts say. */
async function checked(transcript: Transcript, reveal: Uint8Array | null): Promise<string> {
  const { facts, anchor, commit, challenge, verdict } = transcript;
  const { check } = facts;
  if (!check) return 'the reporter checked no reveal';
  if (check.code === 'UNCHECKABLE') return 'the reporter could not check the reveal, and says so';
  if (!reveal || !anchor?.coins || commit.commitment === null) throw new Difference('facts.check without a reveal');
  const isBackstop = check.reason.startsWith(BACKSTOP);
  const found = await checkReveal(
    {
      taskSeed: fromHex(challenge.taskSeed, 32),
      commitment: fromHex(commit.commitment, 32),
      coins: fromHex(anchor.coins, 32),
      params: paramsOf(transcript),
      opening: reveal,
    },
    isBackstop,
  );
  const reason = `${isBackstop ? BACKSTOP : ''}${found.reason}`.slice(0, MAX_WORDS);
  // Whatever the backstop finds wrong is WRONG_RESULT.
  same('facts.check.code', check.code, isBackstop && found.code !== 'OK' ? 'WRONG_RESULT' : found.code);
  sameWords(transcript, 'facts.check.reason', check.reason, reason);
  same('facts.check.numbers', check.numbers, found.numbers);
  const isNamed = verdict.code === 'WRONG_RESULT' && !isBackstop;
  same('verdict.sample', verdict.sample, (isNamed && found.sample) || null);
  return `checking the reveal gives ${check.code}: ${check.reason}`;
}

/** The verdict follows from the facts. */
function judged(transcript: Transcript): string {
  const { facts, verdict, commit } = transcript;
  const finding = decide(facts);
  const numbers = { ...finding.numbers };
  if (commit.elapsedMs !== null) numbers['elapsedMs'] = commit.elapsedMs;
  same('verdict.code', verdict.code, finding.code);
  sameWords(transcript, 'verdict.reason', verdict.reason, finding.reason.slice(0, MAX_WORDS));
  same('verdict.numbers', verdict.numbers, numbers);
  const measured = finding.code === 'OK' ? commit.elapsedMs : null;
  const params = paramsOf(transcript);
  const missedPerf = verdictGroup(finding.code) === 'missed' ? 0 : null;
  same(
    'verdict.perfBps',
    verdict.perfBps,
    measured === null ? missedPerf : perfBps(classOf(transcript), params, measured),
  );
  same('verdict.opsPerMs', verdict.opsPerMs, measured === null ? null : measuredRate(params, measured).toString());
  return `the facts give ${finding.code}: ${finding.reason}`;
}

function signed(transcript: Transcript): string {
  const { round, device, nodeId, reporter, challenge, commit, open, verdict } = transcript;
  const value = verdictValue(
    {
      ...{ round, device, taskSeed: challenge.taskSeed, commitment: commit.commitment, revealDigest: open.sha256 },
      ...{ reason: verdict.reason, elapsedMs: commit.elapsedMs ?? 0, perfBps: verdict.perfBps ?? 0 },
      code: decide(transcript.facts).code,
      sample: verdict.sample,
    },
    nodeId,
  );
  if (!isSignedBy(reporter, domainOf(transcript), 'Verdict', value, verdict.signature)) {
    throw new Difference('verdict.signature is not the reporter’s');
  }
  return 'the reporter signed the verdict';
}

function classOf({ hardwareClass: id }: Transcript) {
  try {
    return hardwareClass(id);
  } catch (error) {
    throw new Difference((error as Error).message);
  }
}

function domainOf({ chainId, registry }: Transcript) {
  return dpinDomain(chainId, registry);
}

/** Another version may say the same in other words. */
function sameWords({ software }: Transcript, name: string, said: string, computed: string): void {
  if (software === SOFTWARE) same(name, said, computed);
}

/** @throws Difference unless the transcript has what was computed */
function same(name: string, said: Json | undefined, computed: Json): void {
  const [left, right] = [canonicalJson(said ?? null), canonicalJson(computed)];
  if (left !== right) throw new Difference(`${name} is ${left}, it should be ${right}`);
}
