import { type ReporterReads, Reporters } from './reporters';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((digit) => `0x${digit.repeat(40)}`) as [string, string, string, string];

/** The contract's answers: four slots an epoch, a set for each epoch. */
class Contract implements ReporterReads {
  epoch = 5n;
  sets = new Map<bigint, (string | null)[]>([
    [4n, [a, d, null]],
    [5n, [a, b, null]],
    [6n, [a, null, c]],
  ]);
  asked = 0;

  async schedule() {
    return { genesisTime: 0, slotSeconds: 10, slotsPerEpoch: 4, reportGraceSeconds: 0, skipGraceSeconds: 0 };
  }

  async currentEpoch() {
    return this.epoch;
  }

  async reportersOf(epoch: bigint) {
    const key = [0n, 0n] as const;
    return (this.sets.get(epoch) ?? []).map((reporter) => (reporter ? { reporter, key } : null));
  }

  async reporterOfRound(round: bigint) {
    this.asked++;
    const active = (this.sets.get(round / 4n) ?? []).filter((reporter) => reporter !== null);
    return active[Number(round % BigInt(active.length))];
  }
}

describe('the reporters that the contract lists', () => {
  it('are those of the last, this and the next epoch', async () => {
    const contract = new Contract();
    const reporters = new Reporters(contract);
    expect(reporters.isListed(a)).toBe(false);
    await reporters.refresh();
    expect([a, b, c, d].map((reporter) => reporters.isListed(reporter))).toEqual([true, true, true, true]);
    contract.epoch = 6n;
    await reporters.refresh();
    expect([a, b, c, d].map((reporter) => reporters.isListed(reporter))).toEqual([true, true, true, false]);
  });

  it('take turns by the slots in use, which is known without asking the chain', async () => {
    const contract = new Contract();
    const reporters = new Reporters(contract);
    await reporters.refresh();
    expect(await reporters.isTurnOf(a, 20)).toBe(true);
    expect(await reporters.isTurnOf(b, 21)).toBe(true);
    expect(await reporters.isTurnOf(c, 25)).toBe(true);
    expect(contract.asked).toBe(0);
  });

  it('have no turn but their own, which the chain confirms before a round is refused', async () => {
    const contract = new Contract();
    const reporters = new Reporters(contract);
    await reporters.refresh();
    expect(await reporters.isTurnOf(b, 20)).toBe(false);
    expect(await reporters.isTurnOf(d, 21)).toBe(false);
    expect(contract.asked).toBe(2);
    contract.sets.set(6n, [a, d, c]);
    expect(await reporters.isTurnOf(d, 25)).toBe(true);
  });

  it('are not refused for a turn that cannot be read', async () => {
    const contract = new Contract();
    const reporters = new Reporters(contract);
    expect(await reporters.isTurnOf(b, 20)).toBe(true);
    await reporters.refresh();
    contract.reporterOfRound = () => Promise.reject(new Error('away'));
    expect(await reporters.isTurnOf(b, 20)).toBe(true);
    expect(await reporters.isTurnOf(b, 4_000)).toBe(false);
  });

  it('have no turn in rounds of an epoch that is far away', async () => {
    const reporters = new Reporters(new Contract());
    await reporters.refresh();
    expect(await reporters.isTurnOf(a, 10 ** 9)).toBe(false);
    expect(await reporters.isTurnOf(a, 0)).toBe(false);
  });
});
