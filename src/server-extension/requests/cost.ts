import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** What the values of arguments ask for; a variable counts as often as it is used. */
interface ValueCost {
  /** Conditions on rows of other tables: `_some`, `_every`, `_none`. */
  relationFilters: number;
  /** Objects: each is a condition, or several. */
  conditions: number;
  /** All values, those in objects and lists included. */
  values: number;
  /** Levels of the most deeply nested value. */
  valueDepth: number;
}

/** What an operation asks for, known from its text and variables alone. */
export interface QueryCost extends ValueCost {
  /** Fields, each as often as the fragments that it stands in are spread. */
  selections: number;
  /** Levels of fields, introspection left out. */
  depth: number;
  /** Fields `__schema` and `__type`. */
  introspections: number;
  /** Fields with another name within these: without them a description of the schema has an end. */
  introspectionAliases: number;
}

export type CostLimits = Readonly<QueryCost>;

/** Values of a request's variables, as parsed from JSON. */
export type Variables = Readonly<Record<string, unknown>>;

/** An argument that says how many rows, or after how many, is below zero: whatever sums sizes up would be deceived. */
export class NegativeLimit extends Error {
  override readonly name = 'NegativeLimit';
}

const RELATION_FILTER = /_(some|every|none)$/;
const COUNTING_ARGUMENTS = new Set(['limit', 'offset', 'first']);
const NO_VALUES: ValueCost = { relationFilters: 0, conditions: 0, values: 0, valueDepth: 0 };
const NOTHING: Measured = {
  ...NO_VALUES,
  ...{ selections: 0, depth: 0, introspections: 0, introspectionAliases: 0, aliases: 0 },
};
/** How the parts of a cost are called in an error. */
const WORDS: Record<keyof QueryCost, string> = {
  selections: 'fields, fragments spread',
  depth: 'levels of fields',
  relationFilters: 'filters by _some, _every or _none',
  conditions: 'conditions in arguments',
  values: 'values in arguments',
  valueDepth: 'levels of values in each other',
  introspections: 'fields __schema or __type',
  introspectionAliases: 'other names within __schema or __type',
};

interface Measured extends QueryCost {
  aliases: number;
}

/**
 * What an operation costs. Each fragment and each variable is measured once, so that no document makes the measuring
 * expensive: it takes time in proportion to the text. Numbers end at the largest whole one that is exact.
 * @throws NegativeLimit
 */
export function costOf(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables): QueryCost {
  const { aliases: _, ...cost } = new Meter(document, operation, variables).ofSelections(operation.selectionSet);
  return cost;
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
  private readonly ofFragments = new Map<string, Measured>();
  private readonly ofVariables = new Map<string, ValueCost>();

  constructor(
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
    private readonly variables: Variables,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  ofSelections(set: SelectionSetNode | undefined): Measured {
    let sum = NOTHING;
    for (const selection of set?.selections ?? []) {
      const one =
        selection.kind === Kind.FIELD
          ? this.ofField(selection)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.ofSelections(selection.selectionSet)
            : this.ofFragment(selection.name.value);
      sum = {
        ...plus(sum, one),
        selections: upTo(sum.selections + one.selections),
        depth: Math.max(sum.depth, one.depth),
        introspections: upTo(sum.introspections + one.introspections),
        introspectionAliases: upTo(sum.introspectionAliases + one.introspectionAliases),
        aliases: upTo(sum.aliases + one.aliases),
      };
    }
    return sum;
  }

  private ofField({ name, alias, arguments: given = [], selectionSet }: FieldNode): Measured {
    const inner = this.ofSelections(selectionSet);
    const isIntrospection = name.value === '__schema' || name.value === '__type';
    return {
      ...given.reduce((sum, argument) => plus(sum, this.ofArgument(argument)), inner as ValueCost),
      selections: 1 + inner.selections,
      depth: name.value.startsWith('__') ? 0 : 1 + inner.depth,
      introspections: (isIntrospection ? 1 : 0) + inner.introspections,
      introspectionAliases: isIntrospection ? inner.aliases : inner.introspectionAliases,
      aliases: (alias ? 1 : 0) + inner.aliases,
    };
  }

  private ofFragment(name: string): Measured {
    const known = this.ofFragments.get(name);
    if (known) return known;
    // A fragment that contains itself is refused by a rule of GraphQL; here it only has to end.
    this.ofFragments.set(name, NOTHING);
    const cost = this.ofSelections(this.fragments.get(name)?.selectionSet);
    this.ofFragments.set(name, cost);
    return cost;
  }

  private ofArgument({ name, value }: ArgumentNode): ValueCost {
    if (COUNTING_ARGUMENTS.has(name.value) && this.isNegative(value)) throw new NegativeLimit(name.value);
    return this.ofValue(value);
  }

  private isNegative(value: ValueNode): boolean {
    if (value.kind === Kind.INT) return value.value.startsWith('-');
    if (value.kind !== Kind.VARIABLE) return false;
    const given = this.variables[value.name.value];
    const byDefault = this.defaultOf(value.name.value);
    return given === undefined && byDefault ? this.isNegative(byDefault) : Number(given) < 0;
  }

  private ofValue(value: ValueNode): ValueCost {
    switch (value.kind) {
      case Kind.VARIABLE:
        return this.ofVariable(value.name.value);
      case Kind.LIST:
        return listCost(value.values.map((one) => this.ofValue(one)));
      case Kind.OBJECT:
        return objectCost(value.fields.map(({ name, value: inner }) => [name.value, this.ofValue(inner)]));
      default:
        return { ...NO_VALUES, values: 1 };
    }
  }

  private ofVariable(name: string): ValueCost {
    const known = this.ofVariables.get(name);
    if (known !== undefined) return known;
    const value = this.variables[name];
    const byDefault = this.defaultOf(name);
    const cost = value === undefined && byDefault ? this.ofValue(byDefault) : ofJson(value);
    this.ofVariables.set(name, cost);
    return cost;
  }

  private defaultOf(name: string): ValueNode | undefined {
    return this.operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)?.defaultValue;
  }
}

function ofJson(value: unknown): ValueCost {
  if (Array.isArray(value)) return listCost(value.map(ofJson));
  if (typeof value !== 'object' || value === null) return { ...NO_VALUES, values: 1 };
  return objectCost(Object.entries(value).map(([key, inner]) => [key, ofJson(inner)]));
}

function listCost(parts: readonly ValueCost[]): ValueCost {
  const sum = parts.reduce(plus, NO_VALUES);
  return { ...sum, values: upTo(sum.values + 1), valueDepth: sum.valueDepth + 1 };
}

function objectCost(parts: readonly (readonly [name: string, cost: ValueCost])[]): ValueCost {
  const sum = listCost(parts.map(([, cost]) => cost));
  const filters = parts.filter(([name]) => RELATION_FILTER.test(name)).length;
  return {
    ...sum,
    conditions: upTo(sum.conditions + 1),
    relationFilters: upTo(sum.relationFilters + filters),
  };
}

function plus(a: ValueCost, b: ValueCost): ValueCost {
  return {
    relationFilters: upTo(a.relationFilters + b.relationFilters),
    conditions: upTo(a.conditions + b.conditions),
    values: upTo(a.values + b.values),
    valueDepth: Math.max(a.valueDepth, b.valueDepth),
  };
}

function upTo(sum: number): number {
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}
