import { connect, type Socket } from 'node:net';
import type { Fault } from './fault';
import type { Scene } from './scene';

const STRANGERS = 300;
/** Half of them come from where the nodes come from: an address has 256 seats, so nobody else's are taken there. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2'];
/** The node that is restarted among them: an honest one. */
const RESTARTED = 'node-1-honest';
const RESTARTED_ID = 1;
/** It must have this long until the next challenge can come: what it misses while it starts would be its own. */
const RESTART_MS = 6_000;
const POLL_MS = 100;

/** Strangers hold sockets that say nothing, and dial again when they are closed. */
export const idleSockets: Fault = {
  what: `strangers hold ${STRANGERS} idle sockets while an honest node is restarted`,
  inflict: async (scene) => {
    const crowd = new Crowd(scene.devnet.oracleUrls[0]!);
    try {
      await scene.until('the strangers', 60_000, POLL_MS, () => crowd.size >= STRANGERS);
      await scene.comesTo('commit');
      const round = await whenNothingIsAsked(scene);
      const { size } = crowd;
      process.kill(scene.pid(RESTARTED), 'SIGKILL');
      scene.say(`${RESTARTED} killed beside ${size} idle sockets`);
      // Two more rounds with the strangers there.
      await scene.comesTo('reveal');
      await scene.comesTo('reveal');
      const held = `held ${size} idle sockets (opened ${crowd.dialled} in all, as the oracle closes them)`;
      return { firstRound: round, done: [held, `killed ${RESTARTED} in round ${round}; it was started again`] };
    } finally {
      crowd.leave();
    }
  },
};

/** Resolves when the node has its verdict and the next round is far enough away. @returns the round */
async function whenNothingIsAsked(scene: Scene): Promise<number> {
  return scene.until(`a round in which node ${RESTARTED_ID} has its verdict early`, 240_000, POLL_MS, async () => {
    const newest = await scene.newest();
    if (!newest || newest.slot_end.getTime() - Date.now() < RESTART_MS) return false;
    const round = Number(newest.round);
    return (await scene.verdictsOf(round)).some(({ nodeId }) => nodeId === RESTARTED_ID) && round;
  });
}

/** Sockets that say nothing. */
class Crowd {
  dialled = 0;
  private readonly sockets = new Set<Socket>();
  private isLeaving = false;
  private readonly port: number;
  private readonly host: string;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.host = hostname;
    this.port = Number(port);
    for (let stranger = 0; stranger < STRANGERS; stranger++) this.dial(ADDRESSES[stranger % ADDRESSES.length]!);
  }

  /** Sockets that are connected now. */
  get size(): number {
    return [...this.sockets].filter((socket) => socket.readyState === 'open').length;
  }

  leave(): void {
    this.isLeaving = true;
    for (const socket of this.sockets) socket.destroy();
  }

  private dial(localAddress: string): void {
    this.dialled++;
    const socket = connect({ port: this.port, host: this.host, localAddress });
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    // The oracle's words are not read: a stranger that does not listen either.
    socket.on('end', () => socket.destroy());
    socket.resume();
    socket.on('close', () => {
      this.sockets.delete(socket);
      if (!this.isLeaving) setTimeout(() => !this.isLeaving && this.dial(localAddress), POLL_MS);
    });
  }
}
