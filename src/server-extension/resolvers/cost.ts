/** What type-graphql tells of a field when its cost is asked. */
interface Asked {
  args: Record<string, unknown>;
  childComplexity: number;
}

/** Cost of a list, in values that its answer has at most: its limit times the fields of a row. */
export const rowsCost =
  (defaultLimit: number) =>
  ({ args, childComplexity }: Asked): number =>
    Number(args['limit'] ?? defaultLimit) * childComplexity;

/** Cost of a list of so many rows at most, whatever is asked. */
export const upTo =
  (rows: number) =>
  ({ childComplexity }: Asked): number =>
    rows * childComplexity;
