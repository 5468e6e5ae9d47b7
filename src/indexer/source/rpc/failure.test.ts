import { failureOf, retryAfterMs } from './failure';

describe('what an error of an endpoint means', () => {
  it.each([
    ['eth_getLogs', 429, 'Too Many Requests', 'limited'],
    ['eth_getLogs', -32_000, 'your app has exceeded its compute units per second capacity', 'limited'],
    ['eth_getLogs', -32_005, 'rate limit exceeded', 'limited'],
    ['eth_blockNumber', -32_005, 'limit exceeded', 'limited'],
    ['eth_getLogs', -32_005, 'limit exceeded', 'refused'],
    ['eth_getLogs', -32_005, 'query returned more than 10000 results', 'refused'],
    ['eth_getLogs', -32_602, 'eth_getLogs is limited to a 10,000 range', 'refused'],
    ['eth_getLogs', -32_000, 'exceed maximum block range: 5000', 'refused'],
    ['eth_getLogs', -32_601, 'Method not found', 'refused'],
    ['eth_getLogs', -32_000, 'method eth_getLogs not found', 'refused'],
    ['eth_getLogs', -32_000, 'header not found', 'stale'],
    ['eth_getLogs', -32_602, 'block height is 13 but requested was 15', 'stale'],
    ['eth_getLogs', -32_000, 'block range extends beyond current head block', 'stale'],
  ])('%s: %d %s', (method, code, message, kind) => {
    expect(failureOf({ code, message }, method)).toMatchObject({ kind, message: expect.stringContaining(message) });
  });

  it('does not choke on an error without words', () => {
    expect(failureOf('broken', 'eth_call').kind).toBe('refused');
  });
});

describe('Retry-After', () => {
  it('is seconds or a date', () => {
    expect(retryAfterMs('7')).toBe(7_000);
    expect(retryAfterMs(new Date(90_000).toUTCString(), 60_000)).toBe(30_000);
    expect(retryAfterMs(new Date(0).toUTCString(), 60_000)).toBe(0);
    expect(retryAfterMs('86400')).toBe(600_000);
    expect(retryAfterMs('soon')).toBeUndefined();
    expect(retryAfterMs(null)).toBeUndefined();
  });
});
