import type { EntityClass, StoreEntity } from './table';

/** Rows that the younger half may hold before it becomes the older one: memory for about 20 MB of entities. */
const YOUNG_ROWS = 20_000;

type Rows = Map<string, StoreEntity>;
/** The class of an entity, as a key. */
type Key = object;

/**
 * The rows of the index that events named last, across batches, so that the next batch need not read them again. It
 * holds what the database holds or is about to hold, which is true only while nobody else writes and nothing is rolled
 * back. At most two halves: rows that were not asked for during a whole half are forgotten.
 */
export class RowCache {
  private young = new Map<Key, Rows>();
  private old = new Map<Key, Rows>();
  private youngRows = 0;
  /** Tables that are held whole, and never forgotten. */
  private readonly whole = new Map<Key, Rows>();
  private readonly asked = new Set<Key>();

  /**
   * Makes room. To be called between two batches: what the batch before used stays until the one after this, so that a
   * row is never read from the database before it is written there.
   */
  age(): void {
    if (this.youngRows < YOUNG_ROWS) return;
    this.old = this.young;
    this.young = new Map();
    this.youngRows = 0;
  }

  /** Whether rows of this table are kept: nobody names those of a feed again. */
  isKept(entity: Key): boolean {
    return this.asked.has(entity);
  }

  /** From now on rows of this table are kept. */
  keep(entity: Key): void {
    this.asked.add(entity);
  }

  /** From now on every row of this table is kept, beginning with these. */
  keepAll<E extends StoreEntity>(entity: EntityClass<E>, rows: readonly E[]): void {
    this.keep(entity);
    this.whole.set(entity, new Map(rows.map((row) => [row.id, row])));
  }

  /** All rows of a table that is held whole. */
  all<E extends StoreEntity>(entity: EntityClass<E>): E[] | undefined {
    const rows = this.whole.get(entity);
    return rows && ([...rows.values()] as E[]);
  }

  get<E extends StoreEntity>(entity: EntityClass<E>, id: string): E | undefined {
    const whole = this.whole.get(entity);
    if (whole) return whole.get(id) as E | undefined;
    const young = this.young.get(entity)?.get(id);
    if (young) return young as E;
    const row = this.old.get(entity)?.get(id);
    if (row) this.put(entity, row);
    return row as E | undefined;
  }

  /** Whether a row that is not held does not exist. */
  isWhole(entity: Key): boolean {
    return this.whole.has(entity);
  }

  put(entity: Key, row: StoreEntity): void {
    const whole = this.whole.get(entity);
    if (whole) {
      whole.set(row.id, row);
      return;
    }
    let rows = this.young.get(entity);
    if (rows === undefined) {
      rows = new Map();
      this.young.set(entity, rows);
    }
    if (!rows.has(row.id)) this.youngRows += 1;
    rows.set(row.id, row);
  }
}
