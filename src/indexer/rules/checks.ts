/** Events carry what came of them; comparing it with the rows before shows at once when an event before was lost. */

/** What the index holds and what an event says cannot both be. */
export class Contradiction extends Error {
  override readonly name: string = 'Contradiction';

  /**
   * @param subject row and column, such as "GpuNode 0000000003 delegatedStake"
   * @param indexed what the index comes to
   * @param said what the event says
   */
  constructor(
    readonly subject: string,
    readonly indexed: string,
    readonly said: string,
  ) {
    super(`${subject}: the index comes to ${indexed}, the event says ${said}`);
  }
}

type Row = Readonly<{ id: string }>;
type Fact = bigint | number | string | boolean | null | undefined;

/**
 * Compares what a row comes to with what the event says.
 * @param due value by the row before and the event's amounts
 * @param said value that the event carries
 * @throws Contradiction naming row, column and both values
 */
export function agree(row: Row, column: string, due: Fact, said: Fact): void {
  if ((due ?? null) !== (said ?? null)) throw contradiction(row, column, due, said);
}

/**
 * Takes an amount out of what a row holds.
 * @returns what is left
 * @throws Contradiction when the row holds less
 */
export function less(row: Row, column: string, held: bigint, taken: bigint): bigint {
  if (taken > held) throw contradiction(row, column, held, `that ${taken} are taken from it`);
  return held - taken;
}

/**
 * Lets a count go down by one.
 * @returns the count after it
 * @throws Contradiction when it is zero
 */
export function oneLess(row: Row, column: string, count: number): number {
  if (count <= 0) throw contradiction(row, column, count, 'that one is less');
  return count - 1;
}

function contradiction(row: Row, column: string, indexed: Fact, said: Fact): Contradiction {
  return new Contradiction(`${row.constructor.name} ${row.id} ${column}`, String(indexed), String(said));
}
