import { request } from 'node:http';
import { API_LIMITS } from '../../src/server-extension/limits';
import { until } from '../support/until';
import { startTestApi, type TestApi } from './fixture';
import { seed } from './seed';

const DEADLINE_MS = 4_000;
const ABUSER = '127.0.0.2';
const ASKER = '127.0.0.3';
const LIGHT = '{ accounts(limit: 1) { id } }';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ deadlineMs: DEADLINE_MS });
  await seed(api.db);
}, 60_000);
afterAll(() => api.stop());

interface Reply {
  status: number;
  retryAfter: string | undefined;
  code: string | undefined;
}

/** Asks from an address of this machine. */
function ask(query: string, from: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      localAddress: from,
      headers: { 'content-type': 'application/json' },
      agent: false,
    };
    const asking = request(api.url, options, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => {
        const { errors } = JSON.parse(text);
        const retryAfter = response.headers['retry-after'];
        resolve({ status: response.statusCode ?? 0, retryAfter, code: errors?.[0]?.extensions?.code });
      });
    });
    asking.on('error', reject);
    asking.end(JSON.stringify({ query }));
  });
}

/** Nothing that reads transcripts ends while `work` runs. */
async function withSlowTranscripts(work: () => Promise<void>): Promise<void> {
  await api.db.query('BEGIN; LOCK TABLE oracle.transcripts IN ACCESS EXCLUSIVE MODE');
  try {
    await work();
  } finally {
    await api.db.query('ROLLBACK');
  }
}

describe('beside slow queries', () => {
  it('light ones of others are answered, all of them, before the first slow one is given up', async () => {
    await withSlowTranscripts(async () => {
      let slowEnded = 0;
      // Each text is a new one, so that none is known to be slow.
      const slow = Array.from({ length: 30 }, async (_, index) => {
        const reply = await ask(`{ a${index}: transcripts(epoch: 1) { round } }`, ABUSER);
        slowEnded += 1;
        return reply;
      });
      for (let light = 0; light < 10; light++) {
        expect(await ask(LIGHT, ASKER)).toMatchObject({ status: 200, code: undefined });
      }
      expect(slowEnded).toBe(0);
      const replies = await Promise.all(slow);
      expect(new Set(replies.map(({ code }) => code))).toEqual(new Set(['QUERY_TIMEOUT', 'UNAVAILABLE']));
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([503, 504]));
    });
  }, 60_000);

  it('a query that was slow once does not take a light place again', async () => {
    const query = '{ again: transcripts(epoch: 1) { round } }';
    await withSlowTranscripts(async () => {
      expect(await ask(query, ABUSER)).toMatchObject({ status: 504 });
      const again = ask(query, ABUSER);
      const waiting = await until('a statement that waits for the table', async () => {
        const { rows } = await api.db.query(
          "SELECT application_name AS name FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
        );
        return rows[0] ?? false;
      });
      expect(waiting).toEqual({ name: 'dpin api, heavy lane' });
      await again;
    });
    expect(await ask(query, ABUSER)).toMatchObject({ status: 200 });
  }, 60_000);

  it('a client that asks for too much at once is told when to come back', async () => {
    await withSlowTranscripts(async () => {
      const { requestsPerClient } = API_LIMITS;
      const all = Array.from({ length: requestsPerClient + 5 }, () =>
        ask('{ transcripts(epoch: 1) { round } }', ABUSER),
      );
      const replies = await Promise.all(all);
      const refused = replies.filter(({ status }) => status === 429);
      expect(refused).toHaveLength(5);
      expect(refused[0]).toEqual({ status: 429, retryAfter: '1', code: 'TOO_MANY_REQUESTS' });
      expect(replies.find(({ status }) => status === 503)?.retryAfter).toBe('1');
    });
    expect(await ask(LIGHT, ABUSER)).toMatchObject({ status: 200 });
  }, 60_000);

  it('clients that ask for much do not shut out one that asks for little', async () => {
    await withSlowTranscripts(async () => {
      const places = API_LIMITS.requests / API_LIMITS.requestsPerClient;
      const abusers = Array.from({ length: places }, (_, index) => `127.0.1.${index + 1}`);
      let ended = 0;
      const slow = abusers.flatMap((from) =>
        Array.from({ length: API_LIMITS.requestsPerClient }, async (_, index) => {
          await ask(`{ b${index}: transcripts(epoch: 1) { round } }`, from);
          ended += 1;
        }),
      );
      for (let light = 0; light < 10; light++) {
        expect(await ask(LIGHT, ASKER)).toMatchObject({ status: 200, code: undefined });
      }
      expect(ended).toBeLessThan(slow.length / 2);
      await Promise.all(slow);
    });
  }, 60_000);
});
