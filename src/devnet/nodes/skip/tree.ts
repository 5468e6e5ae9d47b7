import type { TreeProver } from '../../../node/backends/backend';
import type { PoseidonHash } from '../../../protocol/field';
import { bytesToField, growTree, rootToBytes } from '../../../protocol/tasks/tree';
import { loadPoseidon } from '../../../zk/poseidon';
import { ProverError } from '../../../zk/prover-process';
import { proveTree } from '../../../zk/tree';

/** Share of the leaves that are made up: every tenth. */
const SKIPPED_EVERY = 10n;
/** A proof of nothing: the generators of the curve's groups, which only a broken verifier accepts. */
const HOLLOW_PROOF = {
  pi_a: ['1', '2', '1'],
  pi_b: [
    [
      '10857046999023057135944570762232829481370756359578518086990519993285655852781',
      '11559732032986387107991004021392285783925812861821192530917403151452391805634',
    ],
    [
      '8495653923123431417604973247489272438418190587263600148770280649306958101930',
      '4082367875863433681332203403145435568316851327593401208105741076214120093531',
    ],
    ['1', '0'],
  ],
  pi_c: ['1', '2', '1'],
  protocol: 'groth16',
  curve: 'bn128',
};

/**
 * A cheat that leaves a tenth of the tree's leaves out. When the coins draw one of them there is no proof, and it sends
 * a hollow one.
 */
export function createSkippingTreeProver(): TreeProver {
  return {
    build: async ({ taskSeed, params, signal }) => {
      const { hash } = await loadPoseidon();
      // Leaves are the hashes of two elements, seed and index.
      const cheating: PoseidonHash = (inputs) =>
        inputs.length === 2 && inputs[1]! % SKIPPED_EVERY === 0n ? 0n : hash(inputs);
      const growing = growTree(cheating, bytesToField(taskSeed), params.n);
      let step = growing.next();
      while (!step.done) {
        signal.throwIfAborted();
        await new Promise(setImmediate);
        step = growing.next();
      }
      const tree = step.value;
      return {
        commitment: rootToBytes(tree.root),
        prove: async (coins) => {
          const proof = await proveTree({ taskSeed, coins, tree }).then(
            (proven) => proven.proof,
            (error: unknown) => {
              if (error instanceof ProverError) return HOLLOW_PROOF;
              throw error;
            },
          );
          return Buffer.from(JSON.stringify(proof));
        },
      };
    },
    close: async () => {},
  };
}
