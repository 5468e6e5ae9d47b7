import type { Scene } from './scene';

/** What was done, and since when it may be seen. */
export interface Inflicted {
  /** The first round that it may concern; all until the one after its end are shown. */
  firstRound: number;
  /** What was done, in words. */
  done: string[];
}

/** Something bad that happens to a network, and must not harm its honest nodes. */
export interface Fault {
  readonly what: string;
  /** Does it, and resolves when it is over. */
  inflict(scene: Scene): Promise<Inflicted>;
}
