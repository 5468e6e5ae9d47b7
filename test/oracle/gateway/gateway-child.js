/** A process with a gateway, to be stopped and suspended. Tells its port; asked anything, its standstills. */
const { createLogger } = require('@subsquid/logger');
const { Gateway } = require('../../../lib/oracle/gateway/gateway');
const { monotonicMs } = require('../../../lib/runtime/clock');

async function main() {
  const gateway = new Gateway({
    ...JSON.parse(process.env.TASK),
    host: '127.0.0.1',
    port: 0,
    firstRound: 1,
    nodeKey: async () => null,
    log: createLogger('dpin:test'),
    messages: { currentRound: () => null },
    addIncident: () => undefined,
  });
  process.on('message', async () => {
    await gateway.heardUpTo(monotonicMs());
    process.send({ standstills: gateway.standstills(0) });
  });
  process.send({ port: await gateway.listen() });
}

main();
