import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApolloServer } from '@subsquid/apollo-server-express';
import type { Logger } from '@subsquid/logger';
import { createApollo } from './apollo';
import type { ApiDatabase } from './database';
import { type ListenAddress, listen, stopListening } from './http';
import { API_LIMITS, type ApiLimits } from './limits';
import { Lanes } from './requests/lanes';
import { buildApiSchema } from './schema';

export interface ApiOptions extends ListenAddress {
  database: ApiDatabase;
  log: Logger;
  limits?: Partial<ApiLimits>;
}

export interface Api {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts the GraphQL server over the index and the oracle's own tables.
 * @throws the driver's error when Postgres cannot be reached, the system's when the port cannot be had
 */
export async function startApi({ database, log, limits: given, ...address }: ApiOptions): Promise<Api> {
  const limits = { ...API_LIMITS, ...given };
  const lanes = await Lanes.open(database, limits);
  let apollo: ApolloServer | undefined;
  let http: Server | undefined;
  const close = async () => {
    await apollo?.stop();
    if (http) await stopListening(http);
    await lanes.close();
  };
  try {
    apollo = createApollo(await buildApiSchema(), lanes, limits, log);
    await apollo.start();
    http = await listen(apollo, address, limits);
    return { port: (http.address() as AddressInfo).port, close };
  } catch (error) {
    await close();
    throw error;
  }
}
