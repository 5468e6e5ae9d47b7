import { RetryableError } from './errors';
import { type Failure, retry, until } from './patience';

const away = () => new RetryableError('away');
const delayMs = () => 1;

/** Fails `times` times, then gives how many attempts failed in a row. */
function failing(times: number) {
  return async (attempt: number) => {
    if (times-- > 0) throw away();
    return attempt;
  };
}

describe('trying again', () => {
  it('goes on until the work is done and tells it of the attempts', async () => {
    expect(await retry(failing(3), { delayMs })).toBe(3);
  });

  it('throws what cannot pass at once', async () => {
    let attempts = 0;
    const work = async () => {
      attempts++;
      throw new TypeError('wrong');
    };
    await expect(retry(work, { delayMs })).rejects.toThrow('wrong');
    expect(attempts).toBe(1);
  });

  it('tells of every failure with its number and the wait', async () => {
    const failures: Failure[] = [];
    await retry(failing(2), { delayMs: (attempt) => 10 + attempt, onFailure: (failure) => failures.push(failure) });
    expect(failures.map(({ attempt, waitMs }) => [attempt, waitMs])).toEqual([
      [0, 10],
      [1, 11],
    ]);
  });

  it('ends with the error of a caller that has had enough', async () => {
    const onFailure = ({ attempt }: Failure) => {
      if (attempt === 2) throw new Error('enough');
    };
    await expect(retry(failing(9), { delayMs, onFailure })).rejects.toThrow('enough');
  });

  it('counts anew when the work has made progress', async () => {
    const seen: number[] = [];
    let runs = 0;
    const work = async (_: number, progressed: () => void) => {
      if (++runs === 3) progressed();
      if (runs < 5) throw away();
    };
    await retry(work, { delayMs, onFailure: ({ attempt }) => seen.push(attempt) });
    expect(seen).toEqual([0, 1, 0, 1]);
  });

  it('throws the last error when its time is over', async () => {
    await expect(retry(failing(9_999), { delayMs, untilMs: Date.now() + 20 })).rejects.toThrow('away');
  });

  it('leaves a long wait when it is told to stop', async () => {
    const stopping = new AbortController();
    const waiting = retry(failing(1), { delayMs: () => 60_000, signal: stopping.signal });
    setTimeout(() => stopping.abort(new Error('stopped')), 10);
    await expect(waiting).rejects.toThrow('stopped');
  });

  it('does not start when it was told to stop before', async () => {
    const work = jest.fn(async () => 1);
    await expect(retry(work, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect(work).not.toHaveBeenCalled();
  });
});

describe('waiting for a time', () => {
  const never = new AbortController().signal;

  it('asks the clock again when its timer fired early', async () => {
    // A clock that goes by halves: after each timer half of the wait is still to come.
    const readings = [0, 8, 12, 14, 15, 16];
    let asked = 0;
    await until(16, never, () => readings[asked++] ?? Number.NaN);
    expect(asked).toBe(readings.length);
  });

  it('cuts a wait that no timer can hold into several', async () => {
    const stop = new AbortController();
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const waiting = until(Date.now() + 40 * 86_400_000, stop.signal);
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([2 ** 31 - 1]);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    timers.mockRestore();
  });

  it('does not wait for a time that has passed', async () => {
    await until(Date.now() - 60_000, never);
  });

  it('ends with the reason of the stop', async () => {
    const stop = new AbortController();
    const waiting = until(Date.now() + 60_000, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
    await expect(until(0, stop.signal)).rejects.toThrow('stopped');
  });
});
