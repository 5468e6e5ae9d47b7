import { publicUrl } from './open';

describe('the address of the evidence', () => {
  it('is EVIDENCE_URL without the slash at its end', () => {
    expect(publicUrl('https://reporter.example/files/', '0.0.0.0', 4500)).toBe('https://reporter.example/files');
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:4500'],
    ['0.0.0.0', 'http://127.0.0.1:4500'],
    ['::', 'http://127.0.0.1:4500'],
    ['2001:db8::1', 'http://[2001:db8::1]:4500'],
    ['reporter.example', 'http://reporter.example:4500'],
  ])('follows from the host %s without the setting', (host, url) => {
    expect(publicUrl('', host, 4500)).toBe(url);
  });
});
