import { Arg, Field, ObjectType, Query, Resolver, registerEnumType } from 'type-graphql';
import { inputError } from '../../errors';
import { upTo } from '../cost';
import { IndexOnly, rowsOf, type Transaction } from '../query';
import { epochKey, isAddress, isHash, key, nodeKey } from './values';

const MAX_TEXT_CHARS = 64;
const MOST_HITS = 10;
const TRANSACTION_HASH_CHARS = 66;
/** Shorter beginnings of an address would be of too many. */
const ADDRESS_PREFIX = /^0x[0-9a-f]{6,39}$/;
const NUMBERED = /^(?:(node|job|epoch|round)\s*#?\s*)?(\d{1,12})$/;

enum SearchKind {
  NODE = 'NODE',
  ACCOUNT = 'ACCOUNT',
  TRANSACTION = 'TRANSACTION',
  JOB = 'JOB',
  EPOCH = 'EPOCH',
  ROUND = 'ROUND',
}
registerEnumType(SearchKind, { name: 'SearchKind', description: 'What a search found' });

@ObjectType({ description: 'Something that a text names' })
export class SearchHit {
  @Field(() => SearchKind, { description: 'What it is' })
  kind!: SearchKind;
  @Field(() => String, { description: 'Its number, address or hash, as the queries about it take it' })
  id!: string;
  @Field(() => String, { description: 'The same in words' })
  label!: string;
}

const NUMBERED_SQL = {
  node: 'SELECT 1 FROM gpu_node WHERE id = $1',
  job: 'SELECT 1 FROM job WHERE id = $1',
  epoch: 'SELECT 1 FROM oracle_epoch WHERE id = $1',
  round: 'SELECT 1 FROM round_anchor WHERE id = $1',
};
type Numbered = keyof typeof NUMBERED_SQL;
const KEYS: Record<Numbered, (number: number) => string> = {
  node: nodeKey,
  job: (number) => key(number, 12),
  epoch: epochKey,
  round: (number) => key(number, 12),
};
const KINDS: Record<Numbered, SearchKind> = {
  node: SearchKind.NODE,
  job: SearchKind.JOB,
  epoch: SearchKind.EPOCH,
  round: SearchKind.ROUND,
};

const TRANSACTION_SQL = `
  SELECT 1 FROM activity WHERE tx_hash = $1 UNION ALL SELECT 1 FROM governance_event WHERE tx_hash = $1 LIMIT 1`;

/** A text as it is compared: without spaces around it, lower-case. @throws a message for the asker */
function cleaned(text: string): string {
  const trimmed = text.trim().toLowerCase();
  // A transaction hash with its 0x is two longer than any other text that names something.
  if (text.length > MAX_TEXT_CHARS && !(isHash(trimmed) && text.length === TRANSACTION_HASH_CHARS)) {
    throw inputError(`text has ${text.length} characters, at most ${MAX_TEXT_CHARS} or a transaction hash are allowed`);
  }
  return trimmed;
}

@Resolver()
export class SearchResolver {
  constructor(private readonly tx: Transaction) {}

  @IndexOnly()
  @Query(() => [SearchHit], {
    description:
      'What a text names: 7 or node 7, job 3, epoch 12, round 5, an address or its beginning (0x and at least 6 hex ' +
      `digits), a transaction hash; at most ${MOST_HITS} hits`,
    complexity: upTo(MOST_HITS),
  })
  async search(
    @Arg('text', () => String, { description: `At most ${MAX_TEXT_CHARS} characters, or a transaction hash` })
    text: string,
  ): Promise<SearchHit[]> {
    const asked = cleaned(text);
    const [, what = 'node', digits] = NUMBERED.exec(asked) ?? [];
    if (digits !== undefined) return this.numbered(what as Numbered, Number(digits));
    if (isHash(asked)) return this.transaction(asked);
    if (isAddress(asked) || ADDRESS_PREFIX.test(asked)) return this.accounts(asked);
    return [];
  }

  private async numbered(what: Numbered, number: number): Promise<SearchHit[]> {
    const found = await rowsOf(this.tx, NUMBERED_SQL[what], [KEYS[what](number)]);
    return found.map(() => ({ kind: KINDS[what], id: String(number), label: `${what} ${number}` }));
  }

  private async transaction(txHash: string): Promise<SearchHit[]> {
    const found = await rowsOf(this.tx, TRANSACTION_SQL, [txHash]);
    return found.map(() => ({ kind: SearchKind.TRANSACTION, id: txHash, label: `transaction ${txHash}` }));
  }

  private async accounts(prefix: string): Promise<SearchHit[]> {
    // No hex digit sorts after f.
    const found = await rowsOf<{ id: string }>(
      this.tx,
      `SELECT id FROM account WHERE id >= $1 AND id < $1 || 'g' ORDER BY id LIMIT ${MOST_HITS}`,
      [prefix],
    );
    return found.map(({ id }) => ({ kind: SearchKind.ACCOUNT, id, label: `account ${id}` }));
  }
}
