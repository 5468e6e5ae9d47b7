import { childrenByParent, commandOf } from '../machine/processes';
import type { Fault } from './fault';
import type { Scene } from './scene';

const KILLS = 2;
const POLL_MS = 20;
const START_LIMIT_MS = 30_000;
/** So soon after its start a checker is at work. */
const AT_WORK_MS = 500;
/** The program of a checker process, in its command line. */
const PROGRAM = /oracle[/\\]verification[/\\]worker/;

/** The process that checks reveals dies while it does. */
export const checkerKilled: Fault = {
  what: 'the process that checks reveals is killed twice while it checks',
  inflict: async (scene) => {
    const round = await scene.comesTo('checking');
    const killed = new Set<number>();
    const done: string[] = [];
    while (killed.size < KILLS) {
      const pid = await scene.until('a checker process', START_LIMIT_MS, POLL_MS, () =>
        checkers(scene).find((checker) => !killed.has(checker)),
      );
      if (killed.size > 0) await scene.pause(AT_WORK_MS);
      const newest = await scene.newest();
      process.kill(pid, 'SIGKILL');
      killed.add(pid);
      done.push(
        `killed checker ${pid} in round ${newest?.round}: ${newest?.unjudged} reveals waited for their verdict`,
      );
      scene.say(done.at(-1)!);
    }
    return { firstRound: round, done };
  },
};

function checkers(scene: Scene): number[] {
  const children = childrenByParent().get(scene.pid('oracle')) ?? [];
  return children.filter((child) => PROGRAM.test(commandOf(child) ?? ''));
}
