import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { Constant } from '../../chain/constants';
import { CONTRACT_NAMES, isCalled } from '../../chain/contracts';
import { FatalError } from '../../runtime/errors';
import { hasStateTable } from './heads';

/** Some fifty constants of a line each. */
const MOST_CONSTANTS = 1_000;

const constantsSchema = z
  .array(
    z.object({
      contract: z.enum(CONTRACT_NAMES.filter(isCalled)),
      name: z.string(),
      value: z.string(),
      unit: z.string(),
    }),
  )
  .max(MOST_CONSTANTS);

/**
 * The constants that an index was made with; undefined where none were kept.
 * @throws FatalError when they cannot be read
 */
export async function keptConstants(manager: EntityManager): Promise<Constant[] | undefined> {
  if (!(await hasStateTable(manager, 'network_constants'))) return undefined;
  const rows: { constants: unknown }[] = await manager.query('SELECT constants FROM squid_processor.network_constants');
  if (rows.length === 0) return undefined;
  const parsed = constantsSchema.safeParse(rows[0]?.constants);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new FatalError(
    `The constants in squid_processor.network_constants have a wrong ${issue?.path.join('.')}: ${issue?.message}`,
    'Somebody changed them. Empty that table: the next start of npx dpin process reads them from the chain.',
  );
}

/** Keeps constants in the place of those before. @param manager of a transaction */
export async function keepConstants(manager: EntityManager, constants: readonly Constant[]): Promise<void> {
  await manager.query(
    `CREATE TABLE IF NOT EXISTS squid_processor.network_constants (
       id int PRIMARY KEY CHECK (id = 0), constants jsonb NOT NULL)`,
  );
  await manager.query(
    `INSERT INTO squid_processor.network_constants (id, constants) VALUES (0, $1)
     ON CONFLICT (id) DO UPDATE SET constants = $1`,
    [JSON.stringify(constants)],
  );
}
