import type { Store } from '@subsquid/typeorm-store';
import type { EntityManager } from 'typeorm';
import { type Head, setIndexedHead } from './freshness';
import { withReferences } from './relations';
import type { EntityClass, IndexStore, StoreEntity } from './table';

/** Private to the processor's store but stable in the pinned version. */
interface StoreInternals {
  em(): EntityManager;
}

/** Blocks that a reorg may drop: everything goes through the processor's Store, which notes how to take it back. */
export class TrackedStore implements IndexStore {
  constructor(private readonly store: Pick<Store, 'find' | 'insert' | 'upsert'>) {}

  all<E extends StoreEntity>(entity: EntityClass<E>): Promise<E[]> {
    return this.store.find(entity, withReferences(entity));
  }

  byIds<E extends StoreEntity>(entity: EntityClass<E>, ids: string[]): Promise<E[]> {
    return this.store.find(entity, withReferences(entity, ids));
  }

  async insert<E extends StoreEntity>(_: EntityClass<E>, rows: E[]): Promise<void> {
    await this.store.insert(rows);
  }

  async upsert<E extends StoreEntity>(_: EntityClass<E>, rows: E[]): Promise<void> {
    await this.store.upsert(rows);
  }

  /** In the store's transaction; it is not noted: blocks in the place of these say it anew. */
  async setHead(head: Head): Promise<void> {
    await setIndexedHead((this.store as unknown as StoreInternals).em(), head);
  }
}
