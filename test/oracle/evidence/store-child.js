/** A process that puts evidence and gets killed, or meets a full disk; runs on the built code. Prints a line per put. */
const { randomBytes } = require('node:crypto');
const { createLogger } = require('@subsquid/logger');
const { EvidenceStore } = require('../../../lib/oracle/evidence/store');

async function main() {
  const { folder, bytes, count } = JSON.parse(process.env.TASK);
  const store = await EvidenceStore.open({
    folder,
    maxBytes: 1e12,
    challengeWindowMs: 7_200_000,
    log: createLogger('dpin:test'),
  });
  const put = async () => {
    for (let i = 0; i < count; i++) {
      try {
        console.log(await store.put(randomBytes(bytes)));
      } catch (error) {
        console.log(`${error.name}: ${error.message}`);
      }
    }
  };
  await Promise.all([put(), put(), put()]);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
