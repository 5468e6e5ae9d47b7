import type { Fault } from './fault';
import type { Phase, Scene } from './scene';

/** Longer than the time until which a node dials a silent oracle again (35 s), and than two slots. */
const SUSPENDED_MS = 66_000;

/** The oracle stands still for 66 s: its process with all threads and children. */
export function suspended(phase: Exclude<Phase, 'checking'>, when: string): Fault {
  return {
    what: `the oracle is suspended for ${SUSPENDED_MS / 1_000} s ${when}`,
    inflict: async (scene) => {
      const round = await scene.comesTo(phase);
      await suspend(scene);
      return { firstRound: round, done: [`suspended in round ${round} ${when}, and awake again`] };
    },
  };
}

async function suspend(scene: Scene): Promise<void> {
  // A negative id is the whole group: the oracle leads one of its own.
  const group = -scene.pid('oracle');
  process.kill(group, 'SIGSTOP');
  scene.say('the oracle is suspended');
  try {
    await scene.pause(SUSPENDED_MS);
  } finally {
    process.kill(group, 'SIGCONT');
    scene.say('the oracle goes on');
  }
}
