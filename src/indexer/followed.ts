import type { Deployment } from '../chain/deployment';
import type { StartBlocks } from '../chain/start-blocks';
import { HANDLERS } from './handlers';
import type { NetworkMark } from './rules/same-network';

/** The contracts whose events have handlers, with the block from which they are read. */
export function followed({ contracts, deployBlock }: Deployment, starts: StartBlocks): NetworkMark['contracts'] {
  return Object.fromEntries(
    [...new Set(HANDLERS.map(({ contract }) => contract))].map((name) => {
      const address = contracts[name];
      return [name, address === undefined ? null : { address, fromBlock: starts[name] ?? deployBlock }];
    }),
  );
}
