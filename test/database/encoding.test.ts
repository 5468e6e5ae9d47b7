import { Client } from 'pg';
import { databaseAddress } from '../../src/config/database';
import { requireUtf8 } from '../../src/database/encoding';
import { startTestPostgres, type TestPostgres } from '../support/postgres';

describe('the encoding of a database', () => {
  let postgres: TestPostgres;

  beforeAll(async () => {
    postgres = await startTestPostgres();
  }, 60_000);
  afterAll(() => postgres.remove());

  async function refused(encoding: string): Promise<unknown> {
    const database = `in_${encoding.toLowerCase()}`;
    await withClient(postgres.env.DB_NAME, (client) =>
      client.query(`CREATE DATABASE ${database} TEMPLATE template0 ENCODING '${encoding}' LOCALE 'C'`),
    );
    return withClient(database, (client) => requireUtf8(database, async (sql) => (await client.query(sql)).rows)).catch(
      (error: unknown) => error,
    );
  }

  async function withClient<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client({ ...databaseAddress(postgres.env), database });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  it.each(['LATIN1', 'SQL_ASCII'])('is refused when it is %s, with the way out', async (encoding) => {
    expect(await refused(encoding)).toMatchObject({
      name: 'FatalError',
      message: expect.stringMatching(new RegExp(`^DB_NAME: database "in_.*" has the encoding ${encoding}`)),
      advice: expect.stringContaining(`TEMPLATE template0 ENCODING 'UTF8'`),
    });
  });

  it('is taken when it is UTF8', async () => {
    expect(await refused('UTF8')).toBeUndefined();
  });
});
