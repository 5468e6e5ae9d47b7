import type { Store } from '@subsquid/typeorm-store';

/** What every entity has. */
export interface StoreEntity {
  id: string;
}

export interface EntityClass<E> {
  new (): E;
}

/** The part of the processor's Store that the index uses; only writes through it are rolled back on a reorg. */
export type WritableStore = Pick<Store, 'find' | 'findBy' | 'insert' | 'upsert'>;
