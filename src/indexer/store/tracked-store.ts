import type { Store } from '@subsquid/typeorm-store';
import { withReferences } from './relations';
import type { EntityClass, StoreEntity, WritableStore } from './table';

/** Blocks that a reorg may drop: everything goes through the processor's Store, which notes how to take it back. */
export class TrackedStore implements WritableStore {
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
}
