import { setTimeout as sleep } from 'node:timers/promises';
import { getIntrospectionQuery } from 'graphql';
import type { Attack } from './attacker';

const HEAD = 'POST /graphql HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n';
const requestOf = (query: string) => {
  const body = JSON.stringify({ query });
  return `${HEAD}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
/** Time for which a client does not go on. */
const STILL_MS = 2_000;
const still = async () => {
  await sleep(STILL_MS);
  return [];
};
const many = (count: number) => Array.from({ length: count });

/** Clients that are slow, silent, or speak many times at once. */
export const connections: readonly Attack[] = [
  {
    name: '50 clients do not read 1 MB',
    run: (by) =>
      Promise.all(
        many(50).map(() => by.raw(requestOf(by.unique(getIntrospectionQuery())), (socket) => socket.pause())),
      ).then(async (answers) => [...answers, ...(await still())]),
  },
  {
    name: '200 connections that say nothing',
    run: (by) => {
      for (const _ of many(200)) void by.raw('');
      return still();
    },
  },
  {
    name: '200 requests that are not finished',
    run: (by) => {
      for (const _ of many(200)) void by.raw(`${HEAD}Content-Length: 60000\r\n\r\n{"query":`);
      return still();
    },
  },
  {
    name: '200 headers that are not finished',
    run: (by) => {
      for (const _ of many(200)) void by.raw('POST /graphql HTTP/1.1\r\nHost: api\r\nX-Long: ');
      return still();
    },
  },
  {
    name: '200 requests at once on one connection',
    run: async (by) => [await by.raw(requestOf('{ network { id } }').repeat(200))],
  },
  { name: 'no HTTP', run: async (by) => [await by.raw('\x16\x03\x01\x02\x00\x01\x00\x01'.repeat(100))] },
  {
    name: 'a WebSocket',
    run: async (by) => [
      await by.raw(
        'GET /graphql HTTP/1.1\r\nHost: api\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
      ),
    ],
  },
];
