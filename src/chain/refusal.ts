import type { JsonRpcPayload } from 'ethers';
import { RetryableError } from '../runtime/errors';

/** Shown of what an endpoint says. */
const SHOWN_CHARACTERS = 200;
/** What the methods give on which all others rest. */
const GIVES: Readonly<Record<string, RegExp>> = {
  eth_chainId: /^0x[0-9a-f]{1,13}$/i,
  eth_blockNumber: /^0x[0-9a-f]{1,13}$/i,
  eth_getCode: /^0x([0-9a-f]{2})*$/i,
  eth_call: /^0x([0-9a-f]{2})*$/i,
};
/** An error that these are answered with is about the transaction, wherever it is asked. */
const OF_A_TRANSACTION = ['eth_sendRawTransaction', 'eth_estimateGas'];
/** JSON-RPC code of a call that reverts, where an endpoint has one for it, and the words of the others. */
const REVERTED = 3;
const REVERT_WORDS = /\brevert|\bVM\b|invalid opcode|out of gas|invalid jump|stack (over|under)flow/i;

/** What one address answered is no answer to the call; another address may have one. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** No address of RPC_URL gave an answer to a call. `answers`: what each said, by its place in RPC_URL. */
export class NoSoundAnswer extends Error {
  override readonly name = 'NoSoundAnswer';
  constructor(
    said: string,
    readonly answers: Readonly<Record<string, string>>,
  ) {
    super(`RPC_URL: an endpoint answers with an error: ${said}`);
  }
}

/** A RetryableError for what no endpoint answers, as it may work the next time or elsewhere; else the error. */
export function explainEndpoint(error: unknown): unknown {
  if (!(error instanceof NoSoundAnswer)) return error;
  return new RetryableError(error.message, error.answers, { cause: error });
}

/**
 * Sees that an answer of an endpoint is one to the call: a result such as the method gives, or an error that is the
 * word of the contract or about the transaction.
 * @throws Refusal for any other error, junk, or none
 */
export function requireAnswer({ id, method }: JsonRpcPayload, results: readonly unknown[]): void {
  const answer = results.find((one) => (one as { id?: unknown } | null)?.id === id);
  if (answer === undefined) throw new Refusal(`no answer to ${method}`);
  const { result, error } = answer as { result?: unknown; error?: unknown };
  if (error != null) {
    if (OF_A_TRANSACTION.includes(method) || (method === 'eth_call' && isRevert(error))) return;
    const { message } = error as { message?: unknown };
    throw new Refusal(shown(String(message ?? JSON.stringify(error))));
  }
  const given = GIVES[method];
  if (result === undefined || (given && !(typeof result === 'string' && given.test(result)))) {
    throw new Refusal(shown(`${method} gives ${JSON.stringify(result)}`));
  }
}

/** One line. */
function shown(text: string): string {
  return text.slice(0, SHOWN_CHARACTERS).replaceAll(/\s+/g, ' ');
}

/** The contract was run and said no: its data stand at different depths of the error, if there are any. */
function isRevert(error: object): boolean {
  const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown };
  if (code === REVERTED || REVERT_WORDS.test(String(message ?? ''))) return true;
  if (typeof data === 'string') return /^0x([0-9a-f]{8})+/i.test(data) || REVERT_WORDS.test(data);
  return typeof data === 'object' && data !== null && isRevert(data);
}
