import { Client, type ClientConfig } from 'pg';

/**
 * A client of Postgres that never ends the process. A connection that breaks while no query runs is told by an event,
 * and an event `error` that nobody hears ends Node. A pool hears those of idle clients only: one that breaks just when
 * it is handed out, as when Postgres is killed, is heard by nobody. The next query fails, which is early enough.
 */
export class SteadyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}
