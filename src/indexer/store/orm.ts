import { SnakeNamingStrategy } from '@subsquid/typeorm-config/lib/namingStrategy';
import { DataSource, type DataSourceOptions, getMetadataArgsStorage } from 'typeorm';
import { type DatabaseSettings, databaseAddress } from '../../config/database';
import { SteadyClient } from '../../database/client';
import { SESSION } from '../../database/session';
import * as model from '../../model';

/** Postgres must answer a connection attempt within this time, or it counts as away. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A single statement of the index takes milliseconds; a minute means a lock that nobody releases. */
const STATEMENT_TIMEOUT_MS = 60_000;

export interface OrmChoices {
  /** Longest time of a statement; 0 for none, for what works on whole tables. */
  statementTimeoutMs?: number;
}

/**
 * TypeORM options of the index: entities without foreign keys, and the naming that the ecosystem's codegen and
 * migrations assume.
 */
export function ormOptions(
  settings: DatabaseSettings,
  { statementTimeoutMs = STATEMENT_TIMEOUT_MS }: OrmChoices = {},
): DataSourceOptions {
  withoutForeignKeys();
  const { user: username, ...address } = databaseAddress(settings);
  return {
    type: 'postgres',
    ...address,
    username,
    namingStrategy: new SnakeNamingStrategy(),
    entities: Object.values(model).filter((value) => typeof value === 'function'),
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    // As options of the session: what an administrator gave the role or database does not hold then. Without a
    // search_path a schema that is named as the user would come before `public`.
    extra: {
      options: `${SESSION} -c search_path=public -c statement_timeout=${statementTimeoutMs}`,
      application_name: 'dpin-indexer',
      Client: SteadyClient,
    },
  };
}

/** Connects for one piece of work. */
export async function withSource<T>(options: DataSourceOptions, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = await new DataSource(options).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

/**
 * Takes the foreign keys out of the model, which codegen writes with them: no row of the index comes from anywhere but
 * a handler, and checking each reference again takes a quarter of a sync (ADR 23).
 */
export function withoutForeignKeys(): void {
  const entities = new Set<unknown>(Object.values(model));
  for (const relation of getMetadataArgsStorage().relations) {
    if (entities.has(relation.target)) relation.options.createForeignKeyConstraints = false;
  }
}
