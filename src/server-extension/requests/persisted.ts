import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Asked, Body } from './asked';
import { Refusal } from './refusal';

/** As Apollo's clients send it: https://www.apollographql.com/docs/apollo-server/performance/apq */
const persistedSchema = z.object({
  version: z.literal(1),
  sha256Hash: z.string().regex(/^[0-9a-f]{64}$/, 'is not 64 lower-case hex digits'),
});

/**
 * Queries that clients sent once and name by their SHA-256 from then on, so that a long one fits in the URL of a GET.
 * The ones used least recently are forgotten; whoever names one of them is asked for its text again.
 */
export class PersistedQueries {
  private readonly byHash: LRUCache<string, string>;

  /** @param bytes of all texts together */
  constructor(bytes: number) {
    this.byHash = new LRUCache({ maxSize: bytes, sizeCalculation: (query) => query.length + 64 });
  }

  /** Completes a request whose query may be named only. @throws Refusal */
  resolve({ query, operationName, variables, extensions }: Body): Asked {
    const persisted = extensions?.['persistedQuery'];
    const text = persisted === undefined ? query : this.named(persisted, query);
    if (!text) throw new Refusal(400, 'BAD_REQUEST', 'query: is missing');
    return { query: text, operationName: operationName ?? undefined, variables: variables ?? {} };
  }

  private named(persisted: unknown, query: string | null | undefined): string {
    const parsed = persistedSchema.safeParse(persisted);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const place = ['extensions', 'persistedQuery', ...(issue?.path ?? [])].join('.');
      throw new Refusal(400, 'BAD_REQUEST', `${place}: ${issue?.message}`);
    }
    const { sha256Hash: hash } = parsed.data;
    if (!query) {
      const known = this.byHash.get(hash);
      if (known !== undefined) return known;
      // 200 and these words are what clients wait for to send the text.
      throw new Refusal(200, 'PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
    }
    if (createHash('sha256').update(query).digest('hex') !== hash) {
      throw new Refusal(400, 'BAD_REQUEST', 'extensions.persistedQuery.sha256Hash: is not that of the query');
    }
    this.byHash.set(hash, query);
    return query;
  }
}
