import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { queryGraphql } from '../../audit/graphql';
import type { Backend, TaskInput } from '../../node/backends/backend';
import { fromHex, toHex } from '../../protocol/bytes';

const POLL_MS = 50;

const challengeOf = z.array(z.object({ round: z.number(), taskSeed: z.string(), t: z.number() })).max(1);
const ANSWER = z.object({ own: challengeOf, others: challengeOf });

export interface CopyingOptions {
  graphqlUrl: string;
  /** The copying node, and the node whose work it does instead of its own. */
  nodeId: number;
  copied: number;
}

/**
 * A node that commits to the work of another node's challenge, which everybody may read once it was sent. It works
 * faster than the other, so its commitment comes first; nobody but the other can reveal it.
 */
export function copying(backend: Backend, options: CopyingOptions): Backend {
  return {
    name: `${backend.name} (copying)`,
    run: async (input) => backend.run(await othersTask(input, options)),
    close: () => backend.close(),
  };
}

/** The other node's task of the same round. */
async function othersTask(input: TaskInput, { graphqlUrl, nodeId, copied }: CopyingOptions): Promise<TaskInput> {
  const newest = (id: number) => `challenges(nodeId: ${id}, limit: 1) { round taskSeed t }`;
  const query = `{ own: ${newest(nodeId)} others: ${newest(copied)} }`;
  for (;;) {
    const { own, others } = ANSWER.parse(await queryGraphql(graphqlUrl, query, input.signal));
    const [mine, theirs] = [own[0], others[0]];
    if (mine && theirs && mine.taskSeed === toHex(input.taskSeed) && theirs.round === mine.round) {
      return { ...input, taskSeed: fromHex(theirs.taskSeed, 32), params: { ...input.params, T: theirs.t } };
    }
    await sleep(POLL_MS, undefined, { signal: input.signal });
  }
}
