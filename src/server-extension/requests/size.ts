import {
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { getArgumentValues } from 'graphql/execution/values';
import type { Analysed } from './analysis/analyse';
import type { Asked } from './asked';

/** What type-graphql's option `complexity` is: a number on top of the field's own fields, or what says all of it. */
type Complexity = number | ((options: { args: Record<string, unknown>; childComplexity: number }) => number);

/**
 * Values that the fields of our own resolvers may put into an answer, by the `complexity` of each; 1 where it has none.
 * Lists of the index are counted by OpenReader while it plans them, in the same measure.
 * @param own names of our fields of the root
 * @throws GraphQLError for an argument that is not of its type
 */
export function ownValuesIn(
  { document, roots }: Analysed,
  { variables }: Pick<Asked, 'variables'>,
  schema: GraphQLSchema,
  own: ReadonlySet<string>,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const meter = new Meter(fragments, variables);
  const query = schema.getQueryType() as GraphQLObjectType;
  return meter.ofFields(query, { kind: Kind.SELECTION_SET, selections: roots }, ({ name }) => own.has(name));
}

class Meter {
  constructor(
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly variables: Asked['variables'],
  ) {}

  ofFields(
    type: GraphQLObjectType,
    { selections }: SelectionSetNode,
    counts: (field: GraphQLField<unknown, unknown>) => boolean,
  ): number {
    let sum = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const field = type.getFields()[selection.name.value];
        if (!field || !counts(field)) continue;
        const child = getNamedType(field.type);
        const childComplexity =
          selection.selectionSet && isObjectType(child) ? this.ofFields(child, selection.selectionSet, () => true) : 0;
        const complexity = (field.extensions?.['complexity'] ?? 1) as Complexity;
        const values =
          typeof complexity === 'number'
            ? complexity + childComplexity
            : complexity({ args: getArgumentValues(field, selection, this.variables), childComplexity });
        sum += Math.max(0, values);
      } else {
        const set =
          selection.kind === Kind.INLINE_FRAGMENT
            ? selection.selectionSet
            : this.fragments.get(selection.name.value)?.selectionSet;
        if (set) sum += this.ofFields(type, set, counts);
      }
    }
    return sum;
  }
}
