import { getMetadataArgsStorage } from 'typeorm';
import type { EntityClass, StoreEntity, WritableStore } from '../../src/indexer/store/table';

type Row = StoreEntity & Record<string, unknown>;

/** The index in memory, for tests of what handlers make of events: rows come and go as they would with a database. */
export class MemoryStore implements WritableStore {
  private readonly tables = new Map<string, Map<string, Row>>();

  async all<E extends StoreEntity>(entity: EntityClass<E>): Promise<E[]> {
    return [...this.table(entity).values()].map((row) => copy(entity, row));
  }

  async byIds<E extends StoreEntity>(entity: EntityClass<E>, ids: string[]): Promise<E[]> {
    const rows = ids.map((id) => this.table(entity).get(id));
    return rows.filter((row) => row !== undefined).map((row) => copy(entity, row));
  }

  async insert<E extends StoreEntity>(entity: EntityClass<E>, rows: E[]): Promise<void> {
    for (const row of rows) {
      if (this.table(entity).has(row.id)) throw new Error(`${entity.name} ${row.id} exists already`);
    }
    await this.upsert(entity, rows);
  }

  async upsert<E extends StoreEntity>(entity: EntityClass<E>, rows: E[]): Promise<void> {
    for (const row of rows) this.table(entity).set(row.id, copy(entity, row as unknown as Row) as unknown as Row);
  }

  /** Rows of an entity, in order of their ids. */
  rows<E extends StoreEntity>(entity: EntityClass<E>): E[] {
    const rows = [...this.table(entity).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return rows.map((row) => copy(entity, row));
  }

  private table(entity: { name: string }): Map<string, Row> {
    const table = this.tables.get(entity.name) ?? new Map<string, Row>();
    this.tables.set(entity.name, table);
    return table;
  }
}

/** A row of its own, which knows the ids of the rows it refers to, as one from the database does. */
function copy<E extends StoreEntity>(entity: EntityClass<E>, row: Row): E {
  const values: Record<string, unknown> = { ...row };
  for (const { target, propertyName, relationType } of getMetadataArgsStorage().relations) {
    if (target !== entity || relationType !== 'many-to-one') continue;
    const referred = values[propertyName] as StoreEntity | null | undefined;
    values[propertyName] = referred ? { id: referred.id } : null;
  }
  return Object.assign(new entity(), values);
}
