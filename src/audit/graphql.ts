import { sleep } from '../runtime/backoff';

/** Sends one query. @throws Error with the server's words when it answers with errors or not at all */
export async function queryGraphql(url: string, query: string, signal?: AbortSignal): Promise<Record<string, unknown>> {
  const timeout = AbortSignal.timeout(10_000);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  const body = (await response.json()) as { data?: Record<string, unknown>; errors?: { message: string }[] };
  if (!response.ok || body.errors?.length || !body.data) {
    throw new Error(
      `GraphQL ${response.status}: ${body.errors?.map(({ message }) => message).join('; ') ?? 'no data'}`,
    );
  }
  return body.data;
}

/** Resolves once the server answers a query over the index, or `signal` aborts. */
export async function graphqlAnswers(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const answered = await queryGraphql(
      url,
      '{ networks(limit: 1) { id nodeCount } squidStatus { height } }',
      signal,
    ).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await sleep(100, signal);
  }
}
