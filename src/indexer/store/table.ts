import { Contradiction } from '../rules/checks';
import type { EventPlace } from '../source/types';

/** What every row has. */
export interface StoreEntity {
  id: string;
  block: number;
  timestamp: Date;
}

/** What rows have beside it that change after they were made; the table keeps it. */
export interface Lifetime {
  createdBlock: number;
  createdAt: Date;
  updatedBlock: number;
  updatedAt: Date;
}

/** How a table differs from most. */
export interface TableOptions {
  /** Its rows have a Lifetime. */
  lifetime?: boolean;
}

/** What a batch of blocks reads and writes, at the head of the chain and behind it. */
export interface WritableStore {
  /** Every row of a table. */
  all<E extends StoreEntity>(entity: EntityClass<E>): Promise<E[]>;
  /** Those rows that there are; of the rows that they refer to they have the ids, and nothing else. */
  byIds<E extends StoreEntity>(entity: EntityClass<E>, ids: string[]): Promise<E[]>;
  /** Writes rows that must not exist yet. */
  insert<E extends StoreEntity>(entity: EntityClass<E>, rows: E[]): Promise<void>;
  /** Writes rows over those with their ids. */
  upsert<E extends StoreEntity>(entity: EntityClass<E>, rows: E[]): Promise<void>;
}

/** The same, at a place on the chain. */
export interface IndexStore extends WritableStore {
  /** Says, once, which block the rows are of when this batch is written. */
  setHead(head: { height: number; time: Date }): Promise<void>;
}

/**
 * The columns that a row is born with: all but id and place, which the table fills in; lists are other tables' rows.
 */
export type Born<E> = {
  [K in keyof E as K extends keyof StoreEntity | keyof Lifetime ? never : E[K] extends unknown[] ? never : K]: E[K];
};

/** A generated entity. */
export interface EntityClass<E> {
  new (columns?: Born<E>): E;
}

/** A row to be, which its event makes: nothing is loaded for it. */
export class NewRow<E extends StoreEntity, Facts extends unknown[]> {
  constructor(
    private readonly table: Table<E, Facts>,
    private readonly id: string,
  ) {}

  /** Makes the row; one with its id must not exist. */
  create(at: EventPlace, ...facts: Facts): E {
    return this.table.create(this.id, at, facts);
  }
}

/** A row that an event named; it can be used once the batch's rows are loaded. */
export class RowRef<E extends StoreEntity, Facts extends unknown[]> {
  constructor(
    private readonly table: Table<E, Facts>,
    private readonly id: string,
  ) {}

  /** The row for reading; undefined when there is none. */
  find(): E | undefined {
    return this.table.find(this.id);
  }

  /** The row to refer to, made when there is none yet. */
  findOrCreate(at: EventPlace, ...facts: Facts): E {
    return this.find() ?? this.table.create(this.id, at, facts);
  }

  /**
   * The row to be changed; it is written with the batch.
   * @throws Contradiction when the index does not have it: an event speaks of something no earlier event announced.
   */
  edit(at: EventPlace): E {
    return this.table.edit(this.id, at);
  }

  /** The row to be changed, made when there is none yet. */
  editOrCreate(at: EventPlace, ...facts: Facts): E {
    return this.find() === undefined ? this.table.create(this.id, at, facts) : this.edit(at);
  }
}

/**
 * Rows of one entity within one batch: named by their events, loaded at once, changed in memory, written at once.
 * It lives for one batch only, so a replay after a reorg starts from the database.
 */
export class Table<E extends StoreEntity, Facts extends unknown[]> {
  /** By id: a batch names the same accounts and nodes again and again. */
  private readonly refs = new Map<string, RowRef<E, Facts>>();
  private isAllNamed = false;
  private readonly rows = new Map<string, E>();
  private readonly created: E[] = [];
  private readonly changed = new Set<E>();

  /** @param birth the row as it is before any event but the one that makes it */
  constructor(
    private readonly entity: EntityClass<E>,
    private readonly birth: (...facts: Facts) => Born<E>,
    private readonly options: TableOptions = {},
  ) {}

  /** Names a row, which need not exist. */
  ref(id: string): RowRef<E, Facts> {
    let ref = this.refs.get(id);
    if (ref === undefined) {
      ref = new RowRef(this, id);
      this.refs.set(id, ref);
    }
    return ref;
  }

  /** Names a row that the event makes. */
  new(id: string): NewRow<E, Facts> {
    return new NewRow(this, id);
  }

  /** Names every row; for tables that stay small. */
  all(): Iterable<E> {
    this.isAllNamed = true;
    return { [Symbol.iterator]: () => this.rows.values() };
  }

  /** Loads the named rows. */
  async load(store: WritableStore): Promise<void> {
    if (this.isAllNamed) this.keep(await store.all(this.entity));
    else if (this.refs.size > 0) this.keep(await store.byIds(this.entity, [...this.refs.keys()]));
  }

  find(id: string): E | undefined {
    return this.rows.get(id);
  }

  edit(id: string, at: EventPlace): E {
    const row = this.rows.get(id);
    if (row === undefined) throw new Contradiction(`${this.entity.name} ${id}`, 'none', 'that it exists');
    if (this.options.lifetime) update(row, at);
    this.changed.add(row);
    return row;
  }

  create(id: string, at: EventPlace, facts: Facts): E {
    const row = new this.entity(this.birth(...facts));
    row.id = id;
    if (this.options.lifetime) {
      Object.assign(row, { createdBlock: at.block, createdAt: at.timestamp });
      update(row, at);
    }
    // Of a table that no event names rows of, such as the feed, nobody looks for one.
    if (this.refs.size > 0 || this.isAllNamed) this.rows.set(id, row);
    this.created.push(row);
    return stamp(row, at);
  }

  /** Writes created rows by insert (no read of the old row is needed for them) and changed ones by upsert. */
  async flush(store: WritableStore): Promise<void> {
    await store.insert(this.entity, this.created);
    const created = new Set(this.changed.size > 0 ? this.created : []);
    await store.upsert(
      this.entity,
      [...this.changed].filter((row) => !created.has(row)),
    );
  }

  private keep(rows: readonly E[]): void {
    for (const row of rows) this.rows.set(row.id, row);
  }
}

function update(row: object, at: EventPlace): void {
  const lifetime = row as Lifetime;
  lifetime.updatedBlock = at.block;
  lifetime.updatedAt = at.timestamp;
}

/** Says that the row is as this event left it. */
export function stamp<E extends StoreEntity>(row: E, at: EventPlace): E {
  row.block = at.block;
  row.timestamp = at.timestamp;
  return row;
}
