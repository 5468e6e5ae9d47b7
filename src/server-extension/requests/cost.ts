import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** What an operation asks for, known from its text and variables alone. */
export interface QueryCost {
  /** Fields, each as often as the fragments that it stands in are spread. */
  selections: number;
  /** Levels of fields, introspection left out. */
  depth: number;
  /** Conditions on rows of other tables: `_some`, `_every`, `_none`. */
  relationFilters: number;
  /** Fields `__schema` and `__type`. */
  introspections: number;
  /** Levels of the most deeply nested value in the text. */
  valueDepth: number;
}

export type CostLimits = Readonly<QueryCost>;

/** Values of a request's variables, as parsed from JSON. */
export type Variables = Readonly<Record<string, unknown>>;

const RELATION_FILTER = /_(some|every|none)$/;
const NOTHING: QueryCost = { selections: 0, depth: 0, relationFilters: 0, introspections: 0, valueDepth: 0 };
/** How the parts of a cost are called in an error. */
const WORDS: Record<keyof QueryCost, string> = {
  selections: 'fields, fragments spread',
  depth: 'levels of fields',
  relationFilters: 'filters by _some, _every or _none',
  introspections: 'fields __schema or __type',
  valueDepth: 'levels of values in each other',
};

/**
 * What an operation costs. Each fragment and each variable is measured once, so that no document makes the measuring
 * expensive: it takes time in proportion to the text. Numbers end at the largest whole one that is exact.
 */
export function costOf(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): QueryCost {
  return new Meter(document, operation, variables).ofSelections(operation.selectionSet);
}

/** Where a cost is above its limits, in words for the asker; undefined where it is within. */
export function overLimits(cost: QueryCost, limits: CostLimits): string | undefined {
  const parts = Object.keys(WORDS) as (keyof QueryCost)[];
  const over = parts.filter((part) => cost[part] > limits[part]);
  if (over.length === 0) return undefined;
  const said = over.map((part) => `${cost[part]} ${WORDS[part]}, where ${limits[part]} are allowed`);
  return `the query costs too much: ${said.join('; ')}`;
}

class Meter {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly ofFragments = new Map<string, QueryCost>();
  private readonly filtersOfVariables = new Map<string, number>();

  constructor(
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
    private readonly variables: Variables,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  ofSelections(set: SelectionSetNode | undefined): QueryCost {
    let sum = NOTHING;
    for (const selection of set?.selections ?? []) {
      const one =
        selection.kind === Kind.FIELD
          ? this.ofField(selection)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.ofSelections(selection.selectionSet)
            : this.ofFragment(selection.name.value);
      sum = {
        selections: Math.min(sum.selections + one.selections, Number.MAX_SAFE_INTEGER),
        depth: Math.max(sum.depth, one.depth),
        relationFilters: Math.min(sum.relationFilters + one.relationFilters, Number.MAX_SAFE_INTEGER),
        introspections: Math.min(sum.introspections + one.introspections, Number.MAX_SAFE_INTEGER),
        valueDepth: Math.max(sum.valueDepth, one.valueDepth),
      };
    }
    return sum;
  }

  private ofField({ name, arguments: given = [], selectionSet }: FieldNode): QueryCost {
    const { selections, depth, relationFilters, introspections, valueDepth } = this.ofSelections(selectionSet);
    const isIntrospection = name.value === '__schema' || name.value === '__type';
    const own = given.reduce((sum, { value }) => sum + this.filtersIn(value), 0);
    return {
      selections: 1 + selections,
      depth: name.value.startsWith('__') ? 0 : 1 + depth,
      relationFilters: own + relationFilters,
      introspections: (isIntrospection ? 1 : 0) + introspections,
      valueDepth: Math.max(valueDepth, ...given.map(({ value }) => depthOf(value))),
    };
  }

  private ofFragment(name: string): QueryCost {
    const known = this.ofFragments.get(name);
    if (known) return known;
    // A fragment that contains itself is refused by a rule of GraphQL; here it only has to end.
    this.ofFragments.set(name, NOTHING);
    const cost = this.ofSelections(this.fragments.get(name)?.selectionSet);
    this.ofFragments.set(name, cost);
    return cost;
  }

  private filtersIn(value: ValueNode): number {
    switch (value.kind) {
      case Kind.VARIABLE:
        return this.filtersOfVariable(value.name.value);
      case Kind.LIST:
        return value.values.reduce((sum, one) => sum + this.filtersIn(one), 0);
      case Kind.OBJECT:
        return value.fields.reduce((sum, { name, value: inner }) => {
          return sum + (RELATION_FILTER.test(name.value) ? 1 : 0) + this.filtersIn(inner);
        }, 0);
      default:
        return 0;
    }
  }

  private filtersOfVariable(name: string): number {
    const known = this.filtersOfVariables.get(name);
    if (known !== undefined) return known;
    const definition = this.operation.variableDefinitions?.find(({ variable }) => variable.name.value === name);
    const value = this.variables[name];
    const byDefault = definition?.defaultValue;
    const filters = value === undefined && byDefault ? this.filtersIn(byDefault) : filtersInJson(value);
    this.filtersOfVariables.set(name, filters);
    return filters;
  }
}

function depthOf(value: ValueNode): number {
  if (value.kind === Kind.LIST) return 1 + Math.max(0, ...value.values.map(depthOf));
  if (value.kind === Kind.OBJECT) return 1 + Math.max(0, ...value.fields.map((field) => depthOf(field.value)));
  return 0;
}

function filtersInJson(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, inner]) => {
    return sum + (RELATION_FILTER.test(key) ? 1 : 0) + filtersInJson(inner);
  }, 0);
}
