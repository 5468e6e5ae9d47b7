import type { Logger } from '@subsquid/logger';
import { classClosed } from '../../protocol/admission';

/** Keeps the nodes of open hardware classes, and says in the log which classes of registered nodes are closed. */
export class OpenClasses {
  private logged = '';

  /** @param network where it runs: a production network asks more of a class */
  constructor(
    private readonly network: { readonly production: boolean },
    private readonly log: Logger,
  ) {}

  /** The nodes whose class is open. One line is logged when the closed classes are others than the last time. */
  of<Node extends { hardwareClass: number }>(nodes: readonly Node[]): Node[] {
    const closed = new Map<number, string>();
    for (const { hardwareClass } of nodes) {
      const reason = classClosed(hardwareClass, this.network);
      if (reason !== null) closed.set(hardwareClass, reason);
    }
    this.say(closed);
    return nodes.filter(({ hardwareClass }) => !closed.has(hardwareClass));
  }

  private say(closed: ReadonlyMap<number, string>): void {
    const ids = [...closed.keys()].sort((a, b) => a - b);
    const changed = ids.join() !== this.logged;
    this.logged = ids.join();
    if (!changed || ids.length === 0) return;
    const reasons = Object.fromEntries(ids.map((id) => [id, closed.get(id)]));
    this.log.warn({ closed: reasons }, 'nodes of closed hardware classes are not challenged');
  }
}
