import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../runtime/project';
import { GENERATED_PAGES } from './pages';
import { floorsOf, readWhitelist } from './rooms';

describe('generated pages', () => {
  it.each(GENERATED_PAGES)('finds $path current; npm run docs writes it', async ({ path, text }) => {
    expect(readFileSync(join(PROJECT_ROOT, path), 'utf8')).toBe(await text());
  });
});

describe('floors of the rooms', () => {
  it('puts every room above all rooms that it may use', () => {
    const mayUse = readWhitelist();
    const floors = floorsOf(mayUse);
    const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));
    const drawn = floors.flat();
    expect(drawn).toContain('protocol');
    for (const room of drawn) {
      for (const used of mayUse[room] as readonly string[]) {
        if (drawn.includes(used)) expect(floorOf(used)).toBeLessThan(floorOf(room));
      }
    }
  });
});
