import { Wallet } from 'ethers';
import { dpinDomain, signMessage } from '../../protocol/eip712';
import type { Frame } from '../../protocol/messages';
import { helloValue } from '../../protocol/signed-values';
import { type Answer, Handshakes, type Hello } from './handshakes';

const reporter = `0x${'22'.repeat(20)}`;
const domain = dpinDomain(31337, `0x${'11'.repeat(20)}`);
const worker = new Wallet(`0x${'01'.repeat(32)}`);
const nonce = `0x${'33'.repeat(32)}`;

describe('handshakes', () => {
  let isChainAway = false;
  const written: string[] = [];
  const answers: { hello: Hello; answer: Answer }[] = [];
  const handshakes = new Handshakes(
    {
      ...{ reporter, domain },
      nodeKey: async () => {
        if (isChainAway) throw new Error('it is away');
        return { workerKey: worker.address, devices: 1 };
      },
      addresses: {
        known: [{ nodeId: 7, address: '203.0.113.7' }],
        add: ({ address }) => written.push(address),
      },
    },
    (hello, answer) => answers.push({ hello, answer }),
  );
  const signed = async (session: number, address: string, key = worker, nodeId = 1): Promise<Hello> => {
    const said = { nodeId, devices: 1, adapters: [], software: 'test/1' };
    const signature = await signMessage(key, domain, 'Hello', helloValue(said, reporter, nonce));
    return { session, address, nonce, frame: { ...said, signature } as unknown as Frame<'HELLO'> };
  };
  const answered = async (session: number) => {
    while (!answers.some(({ hello }) => hello.session === session)) await new Promise(setImmediate);
    return answers.find(({ hello }) => hello.session === session)!.answer;
  };

  afterAll(() => handshakes.close());

  it('of nodes that come back do not wait for those of strangers', async () => {
    handshakes.add(await signed(0, '192.0.2.1'));
    expect(await answered(0)).toEqual({ state: 'accepted' });
    const stranger = new Wallet(`0x${'02'.repeat(32)}`);
    const wrong = await signed(1, 'stranger', stranger);
    for (let n = 1; n <= 400; n++) handshakes.add({ ...wrong, session: n, address: `198.51.100.${n}` });
    // The bucket of failures is empty from here on.
    while (answers.length < 90) await new Promise(setImmediate);
    handshakes.add(await signed(1_000, '192.0.2.1'));
    // An earlier process saw a node there.
    handshakes.add(await signed(1_001, '203.0.113.7'));
    expect(await answered(1_000)).toEqual({ state: 'accepted' });
    expect(await answered(1_001)).toEqual({ state: 'accepted' });
    expect(answers.length).toBeLessThan(200);
    expect(written).toEqual(['192.0.2.1', '203.0.113.7']);
  }, 30_000);

  it('need the chain only for nodes of whose key nothing is known', async () => {
    const stranger = new Wallet(`0x${'02'.repeat(32)}`);
    isChainAway = true;
    handshakes.add(await signed(2_000, '203.0.113.7', worker, 2));
    const away = { state: 'mustWait', detail: 'the chain cannot be asked who this is' };
    expect(await answered(2_000)).toEqual(away);
    expect(handshakes.wasTurnedAway(2, worker.address)).toBe(true);
    expect(handshakes.wasTurnedAway(3, worker.address)).toBe(false);
    handshakes.learn([{ nodeId: 3, workerKey: worker.address, devices: 1 }], Date.now());
    handshakes.add(await signed(2_001, '203.0.113.7', worker, 3));
    expect(await answered(2_001)).toEqual({ state: 'accepted' });
    expect(handshakes.wasTurnedAway(3, worker.address)).toBe(false);
    // It may have a new key by now.
    handshakes.add(await signed(2_002, '203.0.113.7', stranger, 3));
    expect(await answered(2_002)).toEqual(away);
    expect(handshakes.wasTurnedAway(3, stranger.address)).toBe(true);
    handshakes.learn([{ nodeId: 4, workerKey: worker.address, devices: 2 }], Date.now());
    handshakes.add(await signed(2_003, '203.0.113.7', worker, 4));
    expect(await answered(2_003)).toEqual(away);
    expect(handshakes.wasTurnedAway(4, worker.address)).toBe(false);
    isChainAway = false;
  });

  it('of one node that come too often wait, and have no turn before strangers any more', async () => {
    const said = await signed(3_000, '192.0.2.9', worker, 5);
    let session = 3_000;
    let last: Answer;
    do {
      handshakes.add({ ...said, session });
      last = await answered(session++);
    } while (last.state === 'accepted');
    expect(last).toEqual({ state: 'mustWait', detail: 'too many sessions' });
    expect(session - 3_000).toBeGreaterThan(100);
  });
});
