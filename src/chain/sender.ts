import { createLogger } from '@subsquid/logger';
import { type Interface, type JsonRpcProvider, Transaction, type TransactionReceipt, type Wallet } from 'ethers';
import { sleep } from '../runtime/backoff';
import { RetryableError } from '../runtime/errors';
import { type Failure, retry } from '../runtime/patience';
import type { Blocks } from './blocks';
import { broadcast, explainFunds, explainRevert } from './broadcast';
import { bumpFees, feesOf, suggestFees } from './fees';
import type { Outbox, OutboxRow, Outcome } from './outbox';
import { decodeRevert } from './revert';

const log = createLogger('dpin:chain:sender');

/** Room over the estimate: state moves between the estimate and the block. */
const GAS_MARGIN_PERCENT = 125n;
const DEFAULT_MAX_FEE_WEI = 100_000_000_000n;

export interface TransactionRequest {
  /** What the transaction is for, for instance anchor:12; the same key never lands twice. */
  key: string;
  to: string;
  /** Call data, 0x hex. */
  data: string;
  /** Gas limit; default: the endpoint's estimate and a quarter more. */
  gasLimit?: bigint;
}

/** A transaction that succeeded in a final block; hashes lower-case. */
export interface Receipt extends Outcome {
  key: string;
}

export interface SenderOptions {
  provider: JsonRpcProvider;
  blocks: Blocks;
  wallet: Wallet;
  chainId: number;
  outbox: Outbox;
  /** ABI of a contract by lower-case address, for the names of its errors. */
  abiOf?: (address: string) => Interface | undefined;
  /** Between looks at the chain; default 500 ms. */
  pollMs?: number;
  /**
   * A transaction not mined after this long is broadcast again, with higher fees where these hold it up; default 30 s.
   */
  stuckAfterMs?: number;
  /** No fee above this per gas; default 100 gwei. */
  maxFeeWei?: bigint;
}

/**
 * Sends transactions of one account so that each key takes effect at most once, whatever dies when: the signed bytes
 * are a row of the outbox before their first broadcast, a restart broadcasts the same bytes, and a key is
 * signed with another nonce only after the first transaction can no longer land with success.
 */
export class TransactionSender {
  private readonly running = new Map<string, Promise<Receipt>>();
  /** Head at which a row's nonce was first seen used by something else, by key. */
  private readonly passedAt = new Map<string, number>();
  private readonly closed = new AbortController();
  private readonly pollMs: number;
  private readonly stuckAfterMs: number;
  private readonly maxFeeWei: bigint;
  readonly address: string;

  constructor(private readonly options: SenderOptions) {
    this.address = options.wallet.address.toLowerCase();
    this.pollMs = options.pollMs ?? 500;
    this.stuckAfterMs = options.stuckAfterMs ?? 30_000;
    this.maxFeeWei = options.maxFeeWei ?? DEFAULT_MAX_FEE_WEI;
  }

  /**
   * Sends a transaction, or takes up the one already under way for the key, and waits until it is final.
   * Calling again after a crash, an error or success is safe.
   * @throws ContractRevert when the contract refuses it (nothing is signed if the estimate says so already);
   * RetryableError when the chain or Postgres stays away, or the sender is closed.
   */
  send(request: TransactionRequest): Promise<Receipt> {
    const running = this.running.get(request.key);
    if (running) return running;
    const started = this.sendOnce(request).finally(() => this.running.delete(request.key));
    this.running.set(request.key, started);
    return started;
  }

  /**
   * Broadcasts again everything that was under way when the process ended, in order of nonce, and sees it through even
   * if nobody asks for its key any more: an unfinished transaction would hold up all later ones.
   * @returns the keys under way
   */
  async resume(): Promise<string[]> {
    const rows = await this.options.outbox.unfinished(this.address);
    for (const row of rows) await this.broadcast(row);
    if (rows.length > 0) log.info({ keys: rows.map((row) => row.key) }, 'transactions taken up again');
    for (const { key, to, data } of rows) this.sendUnasked({ key, to, data });
    return rows.map((row) => row.key);
  }

  /** Ends the waits (they reject with RetryableError); the outbox keeps everything. */
  close(): void {
    this.closed.abort(new RetryableError('the transaction sender was closed'));
  }

  private async sendOnce(request: TransactionRequest): Promise<Receipt> {
    for (;;) {
      const known = await this.options.outbox.find(request.key);
      const past = known?.state === 'mined' ? await this.pastReceipt(known) : undefined;
      if (past) return past;
      const row = known && known.state !== 'failed' ? known : await this.sign(request);
      const receipt = await this.drive(row);
      if (receipt) return receipt;
      // The nonce went to another transaction: this one can no longer land, so signing it anew is safe.
    }
  }

  private async sign(request: TransactionRequest): Promise<OutboxRow> {
    const { provider, wallet, outbox, chainId, abiOf } = this.options;
    const { key, to, data } = request;
    let gasLimit = request.gasLimit;
    if (gasLimit === undefined) {
      try {
        gasLimit = ((await provider.estimateGas({ from: wallet.address, to, data })) * GAS_MARGIN_PERCENT) / 100n;
      } catch (error) {
        throw decodeRevert(error, abiOf?.(to.toLowerCase()), key) ?? explainFunds(error, wallet.address);
      }
    }
    const fees = await suggestFees(provider, this.maxFeeWei);
    return outbox.add(key, this.address, async (taken) => {
      // From the endpoint's count on, the first nonce no unfinished row holds: this also fills a gap.
      let nonce = await provider.getTransactionCount(wallet.address, 'pending');
      while (taken.has(nonce)) nonce++;
      const rawTx = await wallet.signTransaction({ to, data, chainId, nonce, gasLimit, ...fees });
      return { nonce, to: to.toLowerCase(), data, rawTx, txHash: hashOf(rawTx) };
    });
  }

  /** Broadcasts and waits. @returns undefined when another transaction used the nonce for good. */
  private async drive(first: OutboxRow): Promise<Receipt | undefined> {
    let row = first;
    let seen = false;
    let broadcastAtMs = 0;
    const look = async (): Promise<Receipt | 'lost' | 'waiting'> => {
      const receipt = await this.findReceipt(row);
      if (receipt) {
        seen = true;
        if (await this.options.blocks.isFinal(receipt.blockNumber, receipt.blockHash)) {
          return await this.finish(row, receipt);
        }
      } else if (seen) {
        log.warn(
          { key: row.key, txHash: row.txHash },
          'a reorg took the transaction out of the chain; broadcast again',
        );
        seen = false;
        await this.broadcast(row);
        broadcastAtMs = Date.now();
      } else if (await this.nonceIsLost(row)) {
        return 'lost';
      } else if (broadcastAtMs === 0) {
        await this.broadcast(row);
        broadcastAtMs = Date.now();
      } else if (Date.now() - broadcastAtMs >= this.stuckAfterMs) {
        row = await this.unstick(row);
        broadcastAtMs = Date.now();
      }
      return 'waiting';
    };
    const { signal } = this.closed;
    const onFailure = ({ error, attempt }: Failure) => {
      if (attempt === 0)
        log.warn({ key: row.key, ...(error as RetryableError).facts }, `${error.message}; trying again`);
    };
    for (;;) {
      const seenNow = await retry(look, { onFailure, signal });
      if (seenNow === 'lost') return undefined;
      if (seenNow !== 'waiting') return seenNow;
      await sleep(this.pollMs, signal);
    }
  }

  private async findReceipt(row: OutboxRow): Promise<TransactionReceipt | undefined> {
    for (const hash of [row.txHash, ...[...row.replacedHashes].reverse()]) {
      const receipt = await this.options.provider.getTransactionReceipt(hash);
      if (receipt) return receipt;
    }
    return undefined;
  }

  private async finish(row: OutboxRow, receipt: TransactionReceipt): Promise<Receipt> {
    const outcome = {
      txHash: receipt.hash.toLowerCase(),
      blockNumber: receipt.blockNumber,
      blockHash: receipt.blockHash.toLowerCase(),
      gasUsed: receipt.gasUsed,
    };
    if (receipt.status === 1) {
      await this.options.outbox.finish(row.key, 'mined', outcome, null);
      return { key: row.key, ...outcome };
    }
    const revert = await explainRevert(this.options.provider, row, receipt.blockNumber, this.options.abiOf?.(row.to));
    await this.options.outbox.finish(row.key, 'failed', outcome, revert.reason.slice(0, 1000));
    log.error({ key: row.key, txHash: receipt.hash, gasUsed: String(receipt.gasUsed) }, revert.message);
    throw revert;
  }

  /**
   * Where a finished transaction landed; undefined when its block is no longer in the chain. That is a reorg deeper
   * than finality (or a devnet chain that lost its newest blocks): the same bytes are sent again.
   */
  private async pastReceipt(row: OutboxRow): Promise<Receipt | undefined> {
    if (!row.outcome) return undefined;
    const { number, hash } = (await this.options.blocks.header(row.outcome.blockNumber)) ?? {};
    if (number === row.outcome.blockNumber && hash === row.outcome.blockHash) return { key: row.key, ...row.outcome };
    log.warn({ key: row.key, block: row.outcome.blockNumber }, 'a final transaction left the chain; sending it again');
    return undefined;
  }

  /**
   * True when the account's count has been past the row's nonce for as many blocks as make one final, and none of the
   * row's attempts is in the chain; the row is then over. Reads the newest state only: endpoints forget older ones.
   */
  private async nonceIsLost(row: OutboxRow): Promise<boolean> {
    const { provider, blocks, outbox, wallet } = this.options;
    const head = await provider.getBlockNumber();
    const used = await provider.getTransactionCount(wallet.address, 'latest');
    // Receipts are looked up again: between the reads the transaction itself may have been mined.
    if (used <= row.nonce || (await this.findReceipt(row))) {
      this.passedAt.delete(row.key);
      return false;
    }
    const passedAt = this.passedAt.get(row.key) ?? head;
    this.passedAt.set(row.key, passedAt);
    if (head <= passedAt + blocks.finalityBlocks) return false;
    this.passedAt.delete(row.key);
    log.warn({ key: row.key, nonce: row.nonce }, 'another transaction of this account used the nonce; signing anew');
    await outbox.finish(row.key, 'failed', undefined, 'another transaction used the nonce');
    return true;
  }

  /**
   * Broadcasts again; raises the fees when this transaction is the account's next one, so that only fees can hold it
   * up.
   */
  private async unstick(row: OutboxRow): Promise<OutboxRow> {
    const { provider, wallet, outbox } = this.options;
    const next = await provider.getTransactionCount(wallet.address, 'latest');
    if (next !== row.nonce) {
      await this.fillGap(next, row);
      await this.broadcast(row);
      return row;
    }
    const fees = bumpFees(feesOf(row.rawTx), await suggestFees(provider, this.maxFeeWei), this.maxFeeWei);
    if (!fees) {
      log.warn({ key: row.key, maxFeeWei: String(this.maxFeeWei) }, 'not mined, and no higher fee is allowed');
      await this.broadcast(row);
      return row;
    }
    const { to, data, chainId, nonce, gasLimit } = Transaction.from(row.rawTx);
    const rawTx = await wallet.signTransaction({ to, data, chainId, nonce, gasLimit, ...fees });
    const txHash = hashOf(rawTx);
    await outbox.replace(row.key, rawTx, txHash);
    log.warn({ key: row.key, nonce, txHash }, 'not mined; replaced with higher fees');
    const replaced: OutboxRow = {
      ...row,
      rawTx,
      txHash,
      replacedHashes: [...row.replacedHashes, row.txHash],
      state: 'signed',
    };
    await this.broadcast(replaced);
    return replaced;
  }

  /**
   * A nonce below the row's that nobody holds (its transaction was dropped by the endpoint) is used by an empty
   * transfer.
   */
  private async fillGap(next: number, row: OutboxRow): Promise<void> {
    const { provider, wallet, outbox, chainId } = this.options;
    const open = await outbox.unfinished(this.address);
    if (next > row.nonce || open.some((other) => other.nonce === next)) return;
    const key = `gap:${next}:${row.txHash}`;
    const fees = await suggestFees(provider, this.maxFeeWei);
    const filler = await outbox.add(key, this.address, async (taken) => {
      if (taken.has(next)) throw new RetryableError('the free nonce was taken meanwhile', { nonce: next });
      const request = { to: wallet.address, data: '0x', chainId, nonce: next, gasLimit: 21_000n };
      const rawTx = await wallet.signTransaction({ ...request, ...fees });
      return { nonce: next, to: this.address, data: '0x', rawTx, txHash: hashOf(rawTx) };
    });
    log.warn({ nonce: next, behind: row.key }, 'no transaction holds this nonce; filled with an empty one');
    this.sendUnasked({ key: filler.key, to: this.address, data: '0x', gasLimit: 21_000n });
  }

  /** Sees a transaction through in the background; its row tells how it ended. */
  private sendUnasked(request: TransactionRequest): void {
    this.send(request).catch((error: Error) => {
      if (!this.closed.signal.aborted) log.info({ key: request.key, reason: error.message }, 'transaction given up');
    });
  }

  private async broadcast(row: OutboxRow): Promise<void> {
    await broadcast(this.options.provider, row);
    await this.options.outbox.markSent(row.key);
  }
}

function hashOf(rawTx: string): string {
  return Transaction.from(rawTx).hash as string;
}
