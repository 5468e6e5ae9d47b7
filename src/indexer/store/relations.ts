import { Any, type FindManyOptions, type FindOptionsWhere, getMetadataArgsStorage } from 'typeorm';
import type { EntityClass, StoreEntity } from './table';

/** Rows that a row refers to, by the column's property; lists are other tables' rows. */
function referencesOf(entity: object): string[] {
  return getMetadataArgsStorage()
    .relations.filter(({ target, relationType }) => target === entity && relationType === 'many-to-one')
    .map(({ propertyName }) => propertyName);
}

/** Options that find rows, each with the ids of the rows that it refers to: they stand in its own columns. */
export function withReferences<E extends StoreEntity>(
  entity: EntityClass<E>,
  ids?: string[],
): Pick<FindManyOptions<E>, 'loadRelationIds'> & { where?: FindOptionsWhere<E> } {
  const loadRelationIds = { relations: referencesOf(entity), disableMixedMap: true };
  // One array parameter: Postgres takes at most 65,535 parameters, a batch can name more rows.
  return ids ? { loadRelationIds, where: { id: Any(ids) } as FindOptionsWhere<E> } : { loadRelationIds };
}
