import { getBytes, JsonRpcProvider, type Wallet, ZeroHash } from 'ethers';
import { z } from 'zod';
import { functions as oracle } from '../abi/ReputationOracle';
import { functions as attestation } from '../abi/TreeAttestation';
import { openContracts } from '../chain/call';
import type { Deployment } from '../chain/deployment';
import { anchorLeaves, merklePath } from '../protocol/merkle';
import { parseProof, solidityProof } from '../zk/groth16';
import { queryGraphql } from './graphql';

const b32 = z.string().regex(/^0x[0-9a-f]{64}$/);
const transcript = z.object({
  round: z.number(),
  nodeId: z.number(),
  device: z.number(),
  opening: z.object({ nonce: b32 }),
  commit: z.object({ commitment: b32.nullable(), elapsedMs: z.number().nullable() }),
  anchor: z.object({ index: z.number().nullable(), coinSecret: b32 }),
  open: z.object({ proof: z.string().nullable() }),
});
const answer = z.object({ transcripts: z.array(z.object({ document: z.string() })) });

/** Where a round was played and who pays for pinning its anchor. */
export interface AttestedRound {
  graphqlUrl: string;
  rpcUrl: string;
  deployment: Deployment;
  payer: Wallet;
  epoch: number;
  round: number;
}

/**
 * Does what any stranger can: takes a tree round's public transcripts, pins its anchor and has the chain itself check
 * every accepted result with `TreeAttestation.verifyAttestation` (protocol section 4).
 * @returns number of results the chain attested
 * @throws the contract's error when it refuses one
 */
export async function attestTreeRound(played: AttestedRound): Promise<number> {
  const query = `{ transcripts(epoch: ${played.epoch}, limit: 100) { document } }`;
  const transcripts = answer
    .parse(await queryGraphql(played.graphqlUrl, query))
    .transcripts.map(({ document }) => JSON.parse(document) as { round: number; anchor: unknown })
    .filter(({ round, anchor }) => round === played.round && anchor !== null)
    .map((document) => transcript.parse(document));
  const anchored = transcripts
    .filter(({ anchor }) => anchor.index !== null)
    .sort((a, b) => a.anchor.index! - b.anchor.index!);
  const leaves = anchorLeaves(
    anchored.map(({ nodeId, device, commit }) => ({
      nodeId,
      device,
      commitment: getBytes(commit.commitment!),
      elapsedMs: commit.elapsedMs!,
    })),
  );

  const provider = new JsonRpcProvider(played.rpcUrl, undefined, { staticNetwork: true });
  try {
    const { ReputationOracle, TreeAttestation } = openContracts(played.deployment.contracts, provider);
    const { round } = played;
    const { anchorBlockHash } = await ReputationOracle.read(oracle.getRound, { round });
    if (anchorBlockHash === ZeroHash) {
      const data = ReputationOracle.encode(oracle.pinAnchor, { round });
      await (await played.payer.connect(provider).sendTransaction({ to: ReputationOracle.address, data })).wait();
    }
    let attested = 0;
    for (const { nodeId, device, opening, commit, anchor, open } of anchored) {
      const proof = open.proof === null ? undefined : parseProof(open.proof);
      if (!proof) continue;
      const { a, b, c } = solidityProof(proof);
      await TreeAttestation.read(
        attestation.verifyAttestation,
        {
          attestation: {
            round,
            nodeId,
            device,
            elapsedMs: commit.elapsedMs!,
            leafIndex: anchor.index!,
            nonce: opening.nonce,
            coinSecret: anchor.coinSecret,
            root: BigInt(commit.commitment!),
            path: merklePath(leaves, anchor.index!),
            proofA: a,
            proofB: b,
            proofC: c,
          },
        },
        { from: played.payer.address },
      );
      attested++;
    }
    return attested;
  } finally {
    provider.destroy();
  }
}
