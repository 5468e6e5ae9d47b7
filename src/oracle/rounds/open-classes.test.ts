import type { Logger } from '@subsquid/logger';
import { OpenClasses } from './open-classes';

const lines: { closed: Record<string, string> }[] = [];
const log = { warn: (facts: (typeof lines)[number]) => lines.push(facts) } as unknown as Logger;
const node = (nodeId: number, hardwareClass: number) => ({ nodeId, hardwareClass });

beforeEach(() => lines.splice(0));

describe('nodes of open classes', () => {
  it('leaves out the nodes of closed and of unknown classes', () => {
    const classes = new OpenClasses({ production: false }, log);
    expect(classes.of([node(0, 0), node(1, 3), node(2, 0), node(3, 9)])).toEqual([node(0, 0), node(2, 0)]);
    expect(lines.map(({ closed }) => Object.keys(closed))).toEqual([['3', '9']]);
    expect(lines[0]!.closed[3]).toContain('no circuit');
  });

  it('leaves out all nodes of a production network while no reference is measured', () => {
    expect(new OpenClasses({ production: true }, log).of([node(0, 0), node(1, 2)])).toEqual([]);
  });

  it('says once which classes are closed, and again when they are others', () => {
    const classes = new OpenClasses({ production: false }, log);
    for (const nodes of [[], [node(1, 3)], [node(1, 3), node(2, 3)], [node(1, 3), node(4, 1)], [node(0, 0)]]) {
      classes.of(nodes);
    }
    expect(lines.map(({ closed }) => Object.keys(closed))).toEqual([['3'], ['1', '3']]);
  });
});
