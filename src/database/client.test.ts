import { type AddressInfo, createServer, type Server } from 'node:net';
import { Pool } from 'pg';
import { isDatabaseAway } from '../runtime/database-away';
import { SteadyClient } from './client';

/** A message of the server: its type, its length and what it says. */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const AUTHENTICATION_OK = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const POSTMASTER_DIED = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));

describe('a client of Postgres', () => {
  let server: Server;

  beforeAll(async () => {
    // Stands in for a Postgres that is killed just when it has let a client in: both are read in one piece.
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATION_OK, READY, POSTMASTER_DIED])));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  it('survives a Postgres that ends the connection while it is handed out, and the query says so', async () => {
    const { port } = server.address() as AddressInfo;
    const pool = new Pool({ host: '127.0.0.1', port, user: 'u', database: 'd', Client: SteadyClient });
    pool.on('error', () => undefined);
    const client = await pool.connect();
    const failure = await client.query('SELECT 1').catch((error: unknown) => error);
    client.release(true);
    expect(isDatabaseAway(failure)).toBe(true);
    await pool.end();
  });
});
