import { Wallet } from 'ethers';
import { dpinDomain, isSignedBy, signMessage } from './eip712';

const worker = new Wallet(`0x${'11'.repeat(32)}`);
const domain = dpinDomain(31337, `0x${'22'.repeat(20)}`);
const value = { taskSeed: `0x${'33'.repeat(32)}`, commitment: `0x${'44'.repeat(32)}` };

describe('signed messages', () => {
  it('recognises a message by its signer, whatever the case of the address', async () => {
    const signature = await signMessage(worker, domain, 'Commit', value);
    expect(signature).toMatch(/^0x[0-9a-f]{130}$/);
    expect(isSignedBy(worker.address, domain, 'Commit', value, signature)).toBe(true);
    expect(isSignedBy(worker.address.toLowerCase(), domain, 'Commit', value, signature)).toBe(true);
  });

  it('binds a signature to signer, content, chain and registry', async () => {
    const signature = await signMessage(worker, domain, 'Commit', value);
    const other = { ...value, commitment: `0x${'45'.repeat(32)}` };
    expect(isSignedBy(`0x${'22'.repeat(20)}`, domain, 'Commit', value, signature)).toBe(false);
    expect(isSignedBy(worker.address, domain, 'Commit', other, signature)).toBe(false);
    expect(isSignedBy(worker.address, dpinDomain(56, `0x${'22'.repeat(20)}`), 'Commit', value, signature)).toBe(false);
    expect(isSignedBy(worker.address, dpinDomain(31337, `0x${'23'.repeat(20)}`), 'Commit', value, signature)).toBe(
      false,
    );
  });

  it('takes a malformed signature for nobody’s', () => {
    for (const signature of ['', '0x', `0x${'00'.repeat(65)}`, `0x${'ff'.repeat(65)}`]) {
      expect(isSignedBy(worker.address, domain, 'Commit', value, signature)).toBe(false);
    }
  });
});
