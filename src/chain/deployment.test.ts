import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FatalError } from '../runtime/errors';
import { CONTRACT_NAMES, isCalled } from './contracts';
import { readDeployment, startBlockOf } from './deployment';

const dir = mkdtempSync(join(tmpdir(), 'dpin-deployment-'));
afterAll(() => rmSync(dir, { recursive: true }));

const address = (digit: string) => `0x${digit.repeat(40)}`;
const complete = {
  chainId: 31337,
  deployBlock: 3,
  contracts: {
    ...Object.fromEntries(CONTRACT_NAMES.filter(isCalled).map((name) => [name, address('b')])),
    DPNToken: address('A'),
  },
};

function written(content: string): string {
  const file = join(dir, 'deployment.json');
  writeFileSync(file, content);
  return file;
}

describe('readDeployment', () => {
  it('reads addresses as lower case', () => {
    expect(readDeployment(written(JSON.stringify(complete))).contracts.DPNToken).toBe(address('a'));
  });

  it.each([
    ['is not JSON', '{'],
    ['chainId', JSON.stringify({ ...complete, chainId: 'x' })],
    ['contracts.JobMarket', JSON.stringify({ ...complete, contracts: { ...complete.contracts, JobMarket: '0x12' } })],
    ['contracts.NodeStaking', JSON.stringify({ ...complete, contracts: { DPNToken: address('a') } })],
    ['startBlocks', JSON.stringify({ ...complete, startBlocks: { DPNToken: -1 } })],
    ['startBlocks', JSON.stringify({ ...complete, startBlocks: { Another: 1 } })],
    ['larger than', ' '.repeat(70_000)],
  ])('refuses a file and says what is wrong: %s', (problem, content) => {
    const file = written(content);
    expect(() => readDeployment(file)).toThrow(FatalError);
    expect(() => readDeployment(file)).toThrow(/^DEPLOYMENT_FILE: /);
    if (!problem.startsWith('contracts.NodeStaking')) expect(() => readDeployment(file)).toThrow(problem);
  });

  it('gives a contract its own start block where the file has one', () => {
    const plain = readDeployment(written(JSON.stringify(complete)));
    expect(startBlockOf(plain, 'DPNToken')).toBe(3);
    const older = readDeployment(written(JSON.stringify({ ...complete, startBlocks: { DPNToken: 1 } })));
    expect([startBlockOf(older, 'DPNToken'), startBlockOf(older, 'JobMarket')]).toEqual([1, 3]);
  });

  it('names the setting when there is no file', () => {
    expect(() => readDeployment(join(dir, 'nowhere.json'))).toThrow(/DEPLOYMENT_FILE: .* cannot be read/);
  });
});
