import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { Constant } from '../../chain/constants';
import { CONTRACT_NAMES } from '../../chain/contracts';
import type { DatabaseSettings } from '../../config/database';
import { FatalError } from '../../runtime/errors';
import { requireSameConstants } from '../rules/same-constants';
import { type NetworkMark, requireSameNetwork } from '../rules/same-network';
import type { BlockRef } from '../source/types';
import { finalHeadOf, hasStateTable } from './heads';
import { keepConstants, keptConstants } from './network-constants';
import { ormOptions, withSource } from './orm';

const markSchema = z.object({
  chainId: z.coerce.number().int().min(1),
  genesisHash: z.string().nullable(),
  contracts: z.partialRecord(
    z.enum(CONTRACT_NAMES),
    z.object({ address: z.string(), fromBlock: z.number().int().min(0) }).nullable(),
  ),
});

/**
 * Sees that the rows of a database are of the network that the settings name, and marks a database that has no rows
 * yet. One of a release that set no mark is marked once the chain has the block up to which it is indexed.
 * @param settings of the database
 * @param wanted the network of the settings
 * @param constants what its contracts say of themselves
 * @param onChain throws when the chain does not have this block
 * @throws FatalError when the rows are of another network, or were made with other constants; what `onChain` throws
 */
export async function claimDatabase(
  settings: DatabaseSettings,
  wanted: NetworkMark,
  constants: readonly Constant[],
  onChain: (head: BlockRef) => Promise<void>,
): Promise<void> {
  await withSource(ormOptions(settings), async ({ manager }) => {
    const head = await finalHeadOf(manager);
    // Without a row it binds nobody.
    const kept = head && (await readMark(manager));
    if (kept) requireSameNetwork(settings.DB_NAME, kept, wanted);
    else if (head) await onChain(head);
    if (head) requireSameConstants((await keptConstants(manager)) ?? [], constants);
    await manager.transaction('READ COMMITTED', async (inside) => {
      await writeMark(inside, {
        ...wanted,
        genesisHash: wanted.genesisHash ?? kept?.genesisHash ?? null,
        // Contracts that the mark alone knows stay: a release may be put back.
        contracts: { ...kept?.contracts, ...wanted.contracts },
      });
      await keepConstants(inside, constants);
    });
  });
}

/**
 * The network of the settings, whose contracts begin as early as an index of it in this database has them begin: an
 * endpoint that keeps no old states finds later beginnings.
 */
export async function withBeginnings(settings: DatabaseSettings, wanted: NetworkMark): Promise<NetworkMark> {
  const kept = await withSource(ormOptions(settings), ({ manager }) => readMark(manager));
  const contracts = Object.entries(wanted.contracts).map(([name, contract]) => {
    const before = kept?.contracts[name as keyof NetworkMark['contracts']];
    if (!contract || contract.address !== before?.address) return [name, contract];
    return [name, { ...contract, fromBlock: Math.min(contract.fromBlock, before.fromBlock) }];
  });
  return { ...wanted, contracts: Object.fromEntries(contracts) };
}

/** The network whose rows a database has; undefined where none was marked. @throws FatalError when it cannot be read */
export async function readMark(manager: EntityManager): Promise<NetworkMark | undefined> {
  if (!(await hasStateTable(manager, 'network_mark'))) return undefined;
  const rows = await manager.query(
    'SELECT chain_id AS "chainId", genesis_hash AS "genesisHash", contracts FROM squid_processor.network_mark',
  );
  if (rows.length === 0) return undefined;
  const parsed = markSchema.safeParse(rows[0]);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new FatalError(
    `The mark of the network in squid_processor.network_mark has a wrong ${issue?.path.join('.')}: ${issue?.message}`,
    'Somebody changed it. Empty that table: it is written again after a comparison with the chain.',
  );
}

async function writeMark(manager: EntityManager, { chainId, genesisHash, contracts }: NetworkMark): Promise<void> {
  await manager.query('CREATE SCHEMA IF NOT EXISTS squid_processor');
  await manager.query(
    `CREATE TABLE IF NOT EXISTS squid_processor.network_mark (
       id int PRIMARY KEY CHECK (id = 0), chain_id bigint NOT NULL, genesis_hash text, contracts jsonb NOT NULL)`,
  );
  await manager.query(
    `INSERT INTO squid_processor.network_mark (id, chain_id, genesis_hash, contracts) VALUES (0, $1, $2, $3)
     ON CONFLICT (id) DO UPDATE SET chain_id = $1, genesis_hash = $2, contracts = $3`,
    [chainId, genesisHash, JSON.stringify(contracts)],
  );
}
