import { networkOf } from '../../config/networks';
import { classClosed } from '../../protocol/admission';
import { COPIED_NODE, DEVNET_CHAIN_ID, FAULT_NODES } from '../network';
import type { Fault } from './fault';
import type { Scene } from './scene';

/** The stretching node answers twice and is silent in the rounds after. */
const STRETCHED_ROUNDS = 4;
const COPIED_ROUNDS = 2;
const PRETENDED_ROUNDS = 2;

const idOf = (found: (node: (typeof FAULT_NODES)[number]) => boolean) => FAULT_NODES.findIndex(found);
const STRETCHER = idOf(({ behaviour }) => behaviour === 'stretch');
const COPYCAT = idOf(({ behaviour }) => behaviour === 'copy');
const PRETENDER = idOf(({ hardwareClass }) => hardwareClass !== 0);

/** One slow node must not make the rounds of the others longer. */
export const slowStretcher: Fault = {
  what: 'a node answers at 95 % of its deadline each time, then goes silent',
  inflict: async (scene) => {
    scene.devnet.startNode(STRETCHER);
    const { firstRound, lastRound } = await rounds(scene, STRETCHED_ROUNDS);
    const verdicts = await attackerVerdicts(scene, STRETCHER, firstRound, lastRound);
    return { firstRound, done: [`node ${STRETCHER} stretched: ${verdicts}`] };
  },
};

/** Speed must not decide whose a commitment is. */
export const copycat: Fault = {
  what: `a faster node commits to the work of node ${COPIED_NODE} before it`,
  inflict: async (scene) => {
    scene.devnet.startNode(COPYCAT);
    const { firstRound, lastRound } = await rounds(scene, COPIED_ROUNDS);
    const copies = await attackerVerdicts(scene, COPYCAT, firstRound, lastRound);
    const originals = await attackerVerdicts(scene, COPIED_NODE, firstRound, lastRound);
    return {
      firstRound,
      done: [`node ${COPYCAT} copied: ${copies}`, `node ${COPIED_NODE} was copied: ${originals}`],
    };
  },
};

/** Who has no GPU must not be paid as a GPU class. */
export const pretender: Fault = {
  what: 'a certified node without a GPU is registered in class 3',
  inflict: async (scene) => {
    scene.devnet.startNode(PRETENDER);
    const { firstRound, lastRound } = await rounds(scene, PRETENDED_ROUNDS);
    const verdicts = await attackerVerdicts(scene, PRETENDER, firstRound, lastRound);
    const closed = classClosed(FAULT_NODES[PRETENDER]!.hardwareClass, networkOf(DEVNET_CHAIN_ID));
    return { firstRound, done: [`node ${PRETENDER} pretended: ${verdicts}`, `class 3 is closed: ${closed}`] };
  },
};

/** Resolves when so many rounds that begin from now on, with the attacker there, are over. */
async function rounds(scene: Scene, count: number): Promise<{ firstRound: number; lastRound: number }> {
  // The attacker's process starts while the current round runs.
  const firstRound = await scene.comesTo('commit');
  const lastRound = firstRound + count;
  await scene.over(firstRound, lastRound);
  return { firstRound, lastRound };
}

/** A node's verdicts with the times that decided them. */
async function attackerVerdicts(scene: Scene, nodeId: number, first: number, last: number): Promise<string> {
  const found: string[] = [];
  for (let round = first; round <= last; round++) {
    const mine = (await scene.verdictsOf(round)).filter((verdict) => verdict.nodeId === nodeId);
    const words = mine.map(({ code, elapsedMs }) => (elapsedMs === null ? code : `${code} after ${elapsedMs} ms`));
    found.push(`round ${round} ${words.join(', ') || 'not challenged'}`);
  }
  return found.join('; ');
}
