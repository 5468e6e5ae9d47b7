import { networkOf } from '../../config/networks';
import { assertKeysAllowed, CIRCUIT_NAMES, type CircuitName, readTranscript } from '../../zk/artifacts';
import { type ArtifactFolders, lookAtArtifacts } from '../../zk/look';
import type { Checkup, Finding, Learnt } from '../checkup';

/** The files by which scores are proven and checked, and whether the chain takes keys of their kind. */
export function checkArtifacts(checkup: Checkup, chainId: Learnt<number>, folders?: ArtifactFolders): void {
  for (const name of CIRCUIT_NAMES) checkup.check(`artifacts ${name}`, [], () => filesOf(name, folders));
  checkup.check('artifacts keys', [chainId], (id) => {
    // Throws for development keys where they are refused.
    assertKeysAllowed(id);
    const kind = readTranscript().development ? 'development keys' : 'keys of a ceremony';
    return { status: 'ok', found: `${kind}, allowed on ${networkOf(id).name}` };
  });
}

async function filesOf(name: CircuitName, folders?: ArtifactFolders): Promise<Finding> {
  const { right, missing, wrong, toExpand } = await lookAtArtifacts(name, folders);
  const problems = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(wrong.length > 0 ? [`not the hash of the transcript: ${wrong.join(', ')}`] : []),
  ];
  if (problems.length > 0) {
    return {
      status: 'fail',
      found: problems.join('; '),
      mend: 'Restore circuits/artifacts from the repository, delete build/circuits, and run npm run build.',
    };
  }
  if (toExpand.length > 0) {
    return {
      status: 'warn',
      found: `not expanded yet: ${toExpand.join(', ')}`,
      mend: 'npm run build does it; else the first proof waits for it.',
    };
  }
  return { status: 'ok', found: `${right.length} files are there, with the hashes of the transcript` };
}
