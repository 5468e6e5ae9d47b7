/** Scheme and host only: paths, queries and passwords of addresses carry API keys. */
export function shownUrl(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** The body as text; undefined when it has more than `maxBytes`, of which no more is read then. */
export async function readText(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(response)) {
    bytes += chunk.length;
    // Leaving the loop cancels the body.
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The body piece by piece; whoever stops reading cancels it. */
export function chunksOf(response: Response): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return (response.body as unknown as AsyncIterable<Uint8Array> | null) ?? [];
}
