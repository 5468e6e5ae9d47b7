import { gzipSync } from 'node:zlib';
import { graphql, JSON_BODY, type Request } from '../http';
import type { Attack } from './attacker';

const MEGABYTE = 2 ** 20;
const LARGE = 20 * MEGABYTE;
const NETWORK = '{ network { id } }';

/** Requests that are odd as HTTP or as JSON. */
const REQUESTS: Record<string, Request> = {
  'an array of 100 queries': { body: JSON.stringify(Array.from({ length: 100 }, () => ({ query: NETWORK }))) },
  'a query of 20 MB': graphql(`{ network { id } } #${'x'.repeat(LARGE)}`),
  'variables of 20 MB': graphql(NETWORK, { text: 'x'.repeat(LARGE) }),
  'brackets, 60 kB': { body: '['.repeat(60_000) },
  'an object of 4000 keys': {
    body: JSON.stringify(Object.fromEntries(Array.from({ length: 4_000 }, (_, i) => [i, i]))),
  },
  '20 MB of zeros, compressed': {
    headers: { ...JSON_BODY, 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(LARGE, '0')),
  },
  'not JSON': { body: '{"query":' },
  empty: { body: '' },
  'JSON that is no object': { body: '"query"' },
  'a query that is no text': { body: '{"query": {"a": 1}}' },
  'as text': { headers: { 'content-type': 'text/plain' }, body: NETWORK },
  'as a form': { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `query=${NETWORK}` },
  'without a type': { headers: {}, body: JSON.stringify({ query: NETWORK }) },
  'in another character set': { headers: { 'content-type': 'application/json; charset=utf-7' }, body: '{}' },
  'a mutation in the URL': { method: 'GET', path: '/graphql?query=mutation{network{id}}' },
  'a query in the URL of another origin': {
    method: 'GET',
    path: `/graphql?query=${encodeURIComponent(NETWORK)}`,
    headers: { origin: 'https://other.example' },
  },
  'variables in the URL that are not JSON': { method: 'GET', path: '/graphql?query={network{id}}&variables={{{' },
  'a parameter 500 times': { method: 'GET', path: `/graphql?${'query=a&'.repeat(500)}` },
  preflight: {
    method: 'OPTIONS',
    headers: { origin: 'https://other.example', 'access-control-request-method': 'POST' },
  },
  'a header of 20 kB': { headers: { ...JSON_BODY, 'x-long': 'x'.repeat(20_000) }, body: '{}' },
  'a URL of 12 kB': { method: 'GET', path: `/graphql?query={${'a'.repeat(12_000)}}` },
  'another method': { method: 'DELETE' },
  'an unknown path': { method: 'GET', path: '/graphql/../../etc/passwd' },
  'an unknown hash': {
    body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } }),
  },
  'an ETag of 10 kB': {
    method: 'GET',
    path: `/graphql?query=${encodeURIComponent(NETWORK)}`,
    headers: { 'if-none-match': `"${'x'.repeat(10_000)}"` },
  },
};

export const bodies: readonly Attack[] = Object.entries(REQUESTS).map(([name, request]) => ({
  name,
  run: (by) => by.send(request),
}));
