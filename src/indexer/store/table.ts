import { Any, type FindOptionsWhere } from 'typeorm';
import type { EntityClass, StoreEntity, WritableStore } from './types';

/**
 * Rows of one entity within one batch: named by `want`, loaded at once, changed in memory, written at once.
 * It lives for one batch only, so a replay after a reorg starts from the database.
 */
export class Table<E extends StoreEntity> {
  private readonly wanted = new Set<string>();
  private wantsAll = false;
  private readonly rows = new Map<string, E>();
  private readonly created = new Set<E>();
  private readonly changed = new Set<E>();

  constructor(private readonly entity: EntityClass<E>) {}

  /** Names a row to load; one that does not exist is no error. */
  want(id: string): void {
    this.wanted.add(id);
  }

  /** Asks for every row; for tables that stay small. */
  wantAll(): void {
    this.wantsAll = true;
  }

  async load(store: WritableStore): Promise<void> {
    if (this.wantsAll) this.keep(await store.find(this.entity));
    else if (this.wanted.size > 0) {
      // One array parameter: Postgres takes at most 65,535 parameters, a batch can name more rows.
      const where = { id: Any([...this.wanted]) } as FindOptionsWhere<E>;
      this.keep(await store.findBy(this.entity, where));
    }
  }

  /** A loaded or created row for reading; undefined when there is none. */
  find(id: string): E | undefined {
    return this.rows.get(id);
  }

  /** Every loaded or created row. */
  values(): Iterable<E> {
    return this.rows.values();
  }

  /**
   * A row to be changed; it is written with the batch.
   * @throws Error when the index does not have it: an event speaks of something no earlier event announced.
   */
  edit(id: string): E {
    const row = this.rows.get(id);
    if (row === undefined) throw new Error(`${this.entity.name} ${id} is not in the index`);
    this.changed.add(row);
    return row;
  }

  /** A row to be changed, made by `create` when there is none yet. */
  editOr(id: string, create: () => E): E {
    return this.rows.has(id) ? this.edit(id) : this.add(create());
  }

  /** A new row; one with this id must not exist. */
  add(row: E): E {
    this.rows.set(row.id, row);
    this.created.add(row);
    return row;
  }

  /** Writes created rows by insert (no read of the old row is needed for them) and changed ones by upsert. */
  async flush(store: WritableStore): Promise<void> {
    await store.insert([...this.created]);
    await store.upsert([...this.changed].filter((row) => !this.created.has(row)));
  }

  private keep(rows: readonly E[]): void {
    for (const row of rows) this.rows.set(row.id, row);
  }
}
