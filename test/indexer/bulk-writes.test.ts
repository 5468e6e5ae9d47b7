import { EntitySchema } from 'typeorm';
import { databaseAddress } from '../../src/config/database';
import { BulkDataSource, bulkStatement, byKnownRelations } from '../../src/indexer/store/bulk-writes';
import { startTestPostgres, type TestPostgres } from '../support/postgres';

class Owner {
  id!: string;
}
class Thing {
  id!: string;
  owner?: Owner | null;
  [column: string]: unknown;
}
const asText = {
  to: (value?: bigint) => value?.toString(),
  from: (text?: string) => (text == null ? null : BigInt(text)),
};
const COLUMNS = {
  text: { type: 'text', nullable: true },
  amount: { type: 'numeric', nullable: true, transformer: asText },
  count: { type: 'int4', nullable: true },
  flag: { type: 'bool', nullable: true },
  at: { type: 'timestamp with time zone', nullable: true },
  bytes: { type: 'bytea', nullable: true },
  json: { type: 'jsonb', nullable: true },
  words: { type: 'text', array: true, nullable: true },
  numbers: { type: 'int4', array: true, nullable: true },
} as const;
const owner = new EntitySchema<Owner>({
  target: Owner,
  name: 'owner',
  columns: { id: { type: 'varchar', primary: true } },
});
const thing = new EntitySchema<Thing>({
  target: Thing,
  name: 'thing',
  columns: { id: { type: 'varchar', primary: true }, ...COLUMNS },
  relations: { owner: { type: 'many-to-one', target: () => Owner, createForeignKeyConstraints: false } },
});

/** Texts that mean something to Postgres, or to who writes arrays by hand. */
const TEXTS = [
  '',
  'NULL',
  'null',
  '{}',
  '{a,b}',
  '"',
  '\\',
  '\\"',
  ' a ',
  'a,b',
  "it's",
  '\n\t',
  '\\x00',
  'ﬀ😀',
  '\uFFFD',
  '$1',
];

describe('rows written with one array per column', () => {
  let postgres: TestPostgres;
  let source: BulkDataSource;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    const { user: username, ...address } = databaseAddress(postgres.env);
    source = new BulkDataSource({
      type: 'postgres',
      ...address,
      username,
      entities: [owner, thing],
      synchronize: true,
    });
    await source.initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await postgres.remove();
  });
  beforeEach(() => source.query('TRUNCATE thing'));

  const make = (columns: Partial<Thing>) => Object.assign(new Thing(), columns);
  const insert = (rows: Thing[]) => source.manager.insert(Thing, rows as object[]);
  const read = async (id: string) => (await source.query('SELECT * FROM thing WHERE id = $1', [id]))[0];

  it('come back as they were', async () => {
    const rows = TEXTS.map((text, index) =>
      make({
        id: text || 'empty',
        text,
        amount: 10n ** 70n + BigInt(index),
        count: 100 - index,
        flag: index % 2 === 0,
        at: new Date(index * 1e12),
        bytes: Uint8Array.from([0, 34, 92, 255, index]),
        json: { text, list: [text, null] },
        words: index % 3 === 0 ? TEXTS : [],
        numbers: [index, -1],
      }),
    );
    await insert(rows);
    const plain = (row: Thing) => ({ ...row, bytes: [...(row['bytes'] as Uint8Array)] });
    const back = await source.manager.find(Thing, { order: { count: 'DESC' } });
    expect(back.map(plain)).toEqual(rows.map(plain));
  });

  it('are null where they say so, or say nothing and others do', async () => {
    await insert([
      make({ id: 'a', text: 'a', amount: null, words: null, owner: null }),
      make({ id: 'b', at: null, count: 1, bytes: null, json: null }),
    ]);
    const nothing = Object.fromEntries([...Object.keys(COLUMNS), 'ownerId'].map((name) => [name, null]));
    expect(await read('a')).toEqual({ ...nothing, id: 'a', text: 'a' });
    expect(await read('b')).toEqual({ ...nothing, id: 'b', count: 1 });
  });

  it('leave a relation as it is that was not loaded', async () => {
    const first = make({ id: '1', count: 1, owner: Object.assign(new Owner(), { id: 'x' }) });
    const second = make({ id: '2', count: 1, owner: Object.assign(new Owner(), { id: 'y' }) });
    await insert([first, second]);
    const changed = [
      make({ id: '1', count: 2 }),
      make({ id: '2', count: 2, owner: null }),
      make({ id: '3', count: 3 }),
    ];
    const metadata = source.getMetadata(Thing);
    const groups = byKnownRelations(metadata, changed);
    expect(groups.map((group) => group.map(({ id }) => id))).toEqual([['1', '3'], ['2']]);
    for (const group of groups) {
      const { sql, parameters } = bulkStatement(metadata, group, 'upsert');
      await source.query(sql(0), parameters);
    }
    expect(await read('1')).toMatchObject({ count: 2, ownerId: 'x' });
    expect(await read('2')).toMatchObject({ count: 2, ownerId: null });
    expect(await read('3')).toMatchObject({ count: 3, ownerId: null });
  });
});
