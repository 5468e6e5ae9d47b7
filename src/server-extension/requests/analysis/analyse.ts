import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  parse,
  type SelectionSetNode,
  Source,
  TokenKind,
  validate,
} from 'graphql';
import { ValuesOfCorrectTypeRule } from 'graphql/validation/rules/ValuesOfCorrectTypeRule';
import type { Asked } from '../asked';
import { type CostLimits, costOf, NegativeLimit, overLimits, type QueryCost } from '../cost';

export interface AnalysisLimits extends CostLimits {
  rootFields: number;
  validationErrors: number;
}

/** A query that may be answered. */
export interface Analysed {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** Fields of the query's root, those of fragments included. */
  roots: readonly FieldNode[];
}

/** Why a query is not answered. */
export interface Rejected {
  rejected: readonly GraphQLFormattedError[];
}

/**
 * Words and signs of a text, counted no further than to one more than `most`. Does not parse, which nests as deeply as
 * the text.
 */
export function tokensOf(query: string, most: number): number {
  const lexer = new Lexer(new Source(query));
  let tokens = 0;
  try {
    while (tokens <= most && lexer.advance().kind !== TokenKind.EOF) tokens++;
  } catch {
    // No GraphQL from here on; the parser stops there, too.
  }
  return tokens;
}

/** Parses a query, sees what it costs, and whether it fits the schema; takes time that grows with its text. */
export function analyse(asked: Asked, schema: GraphQLSchema, limits: AnalysisLimits): Analysed | Rejected {
  const { query, operationName, variables } = asked;
  const document = parsed(query);
  if ('rejected' in document) return document;
  const found = operationOf(document, operationName, limits);
  if ('rejected' in found) return found;
  const refused = tooCostly(document, found.operation, variables, limits);
  if (refused) return refused;
  const errors = validate(schema, document, undefined, undefined, { maxErrors: limits.validationErrors });
  return errors.length > 0 ? invalid(errors) : found;
}

/** As `analyse`, of a document that it let pass before: with other variables it may cost more. */
export function analyseAgain(
  document: DocumentNode,
  { operationName, variables }: Asked,
  limits: AnalysisLimits,
): Analysed | Rejected {
  const found = operationOf(document, operationName, limits);
  if ('rejected' in found) return found;
  return tooCostly(document, found.operation, variables, limits) ?? found;
}

/** Whether the values in a document are of the types of the schema; for one that was analysed by names of types only. */
export function checkValues(document: DocumentNode, schema: GraphQLSchema): Rejected | undefined {
  const errors = validate(schema, document, [ValuesOfCorrectTypeRule]);
  return errors.length > 0 ? invalid(errors) : undefined;
}

function parsed(query: string): DocumentNode | Rejected {
  try {
    return parse(query);
  } catch (error) {
    const { message, locations } = error as GraphQLError;
    return { rejected: [{ message, locations, extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] };
  }
}

function invalid(errors: readonly GraphQLError[]): Rejected {
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
  return { rejected: errors.map(({ message, locations }) => ({ message, locations, extensions })) };
}

function operationOf(
  document: DocumentNode,
  operationName: string | undefined,
  limits: AnalysisLimits,
): Analysed | Rejected {
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    const message = operationName
      ? `operationName: the query has no operation ${JSON.stringify(operationName)}`
      : 'operationName: the query has none or several operations; name one';
    return badInput(message);
  }
  if (operation.operation !== 'query') return badInput(`this API answers queries, and no ${operation.operation}`);
  const roots = rootsOf(document, operation);
  const names = new Set(roots.map(({ alias, name }) => (alias ?? name).value)).size;
  if (names > limits.rootFields) {
    const message = `the query costs too much: ${names} fields of the root, where ${limits.rootFields} are allowed`;
    return { rejected: [{ message, extensions: { code: 'QUERY_TOO_COSTLY', cost: { rootFields: names } } }] };
  }
  return { document, operation, roots };
}

function badInput(message: string): Rejected {
  return { rejected: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] };
}

function tooCostly(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Asked['variables'],
  limits: AnalysisLimits,
): Rejected | undefined {
  const cost = measured(document, operation, variables);
  if ('rejected' in cost) return cost;
  const message = overLimits(cost, limits);
  return message === undefined
    ? undefined
    : { rejected: [{ message, extensions: { code: 'QUERY_TOO_COSTLY', cost } }] };
}

function measured(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Asked['variables'],
): QueryCost | Rejected {
  try {
    return costOf(document, operation, variables);
  } catch (error) {
    if (error instanceof NegativeLimit) return badInput(`${error.message} starts from 0`);
    throw error;
  }
}

/** Each fragment once: twice the same says nothing new of which fields there are. */
function rootsOf(document: DocumentNode, { selectionSet }: OperationDefinitionNode): FieldNode[] {
  const fragments = new Map(
    document.definitions.flatMap((definition): [string, FragmentDefinitionNode][] =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  const roots: FieldNode[] = [];
  const waiting: SelectionSetNode[] = [selectionSet];
  for (let set = waiting.pop(); set !== undefined; set = waiting.pop()) {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) roots.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) waiting.push(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        fragments.delete(selection.name.value);
        if (fragment) waiting.push(fragment.selectionSet);
      }
    }
  }
  return roots;
}
