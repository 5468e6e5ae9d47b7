import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ChainProvider } from '../../../src/chain/provider';
import type { Gateway } from '../../../src/oracle/gateway/gateway';
import { Dialled, Rounds, testGateway, workers } from './dialled';

const REFUSED_PORT = 9;

/** What a node that a round drew, and one that none drew, meet while the reporter's endpoint is away. */
describe.each(['refuses', 'is silent'])('the gateway, while the endpoint %s', (how) => {
  const silent: Server = createServer(() => undefined);
  let provider: ChainProvider;
  let gateway: Gateway;
  let port: number;

  beforeAll(async () => {
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const endpointPort = how === 'refuses' ? REFUSED_PORT : (silent.address() as AddressInfo).port;
    provider = new ChainProvider(`http://127.0.0.1:${endpointPort}`, 31337);
    const nodeKey = async (nodeId: number) => {
      await provider.getBlockNumber();
      return { workerKey: workers[nodeId]!.address, devices: 1 };
    };
    gateway = testGateway(new Rounds(), () => undefined, { nodeKey });
    port = await gateway.listen();
    gateway.rememberDrawn([{ nodeId: 1, workerKey: workers[1]!.address, devices: 1 }], Date.now());
  });

  afterAll(async () => {
    await gateway.close();
    provider.destroy();
    silent.closeAllConnections();
    silent.close();
  });

  it('lets drawn nodes in, also beside strangers, and knows whom it turned away', async () => {
    const strangers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => Dialled.dial(port, `127.0.2.${(n % 4) + 1}`)),
    );
    await Promise.all(strangers.map((stranger, n) => stranger.hello(1_000 + n, workers[2]!)));
    const node = await Dialled.dial(port, '127.0.3.1');
    await node.hello(1, workers[1]!);
    await node.next('READY');
    expect(gateway.wasTurnedAway(1, workers[1]!.address)).toBe(false);

    const newcomer = await Dialled.dial(port, '127.0.3.2');
    await newcomer.hello(3, workers[3]!);
    expect(await newcomer.closed).toBe(1013);
    expect(gateway.wasTurnedAway(3, workers[3]!.address)).toBe(true);
  });
});
