import { isOver, MOVES, OVER, type Round, STATES, type State, statesBefore } from './states';

describe('the moves of a round', () => {
  it('leads from the first state to every other', () => {
    const reached = new Set<State>(['scheduled']);
    for (const state of reached) for (const next of MOVES[state]) reached.add(next);
    expect([...reached].sort()).toEqual([...STATES].sort());
  });

  it('never leads back to a state', () => {
    const later = (state: State): State[] => MOVES[state].flatMap((next) => [next, ...later(next)]);
    for (const state of STATES) expect(later(state)).not.toContain(state);
  });

  it('lets every round that is not over become void, and none close before its commitments are fixed', () => {
    expect(statesBefore('void')).toEqual(['scheduled', 'open', 'committed', 'anchoring', 'opening']);
    expect(statesBefore('closed')).toEqual(['committed', 'opening']);
    expect(statesBefore('scheduled')).toEqual([]);
  });

  it('ends a round in closed and void alone', () => {
    expect(OVER).toEqual(['closed', 'void']);
    expect(STATES.map((state) => isOver({ state } as Round))).toEqual(STATES.map((state) => OVER.includes(state)));
  });
});
