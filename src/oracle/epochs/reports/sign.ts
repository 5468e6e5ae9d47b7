import type { Wallet } from 'ethers';
import type { Chain } from '../../../chain/connect';
import type { ReporterSlot } from '../../../chain/reputation';
import { type ReportContent, reportMessage } from '../../../protocol/scoring/batch';
import { FatalError } from '../../../runtime/errors';
import { type ReporterKey, signReport } from '../../../zk/eddsa';
import { loadPoseidon } from '../../../zk/poseidon';
import { deriveReporterKey } from '../../../zk/reporter-key';
import type { StoredReport } from '../../store/reports';

/** Signs this reporter's word about one batch of an epoch; the same content always gives the same bytes. */
export async function signedReport(
  key: ReporterKey,
  reporter: { account: string; slot: number },
  content: ReportContent,
): Promise<StoredReport> {
  const { hash: poseidon } = await loadPoseidon();
  const message = reportMessage(poseidon, content);
  return {
    epoch: Number(content.epoch),
    batch: Number(content.batch),
    reporter: reporter.account,
    slot: reporter.slot,
    methodologyHash: content.methodologyHash,
    evidenceRoot: content.evidenceRoot,
    words: content.measurementWords,
    message,
    signature: await signReport(key, message),
  };
}

/** The reporter's account and the key that it signs reports with, derived once. */
export class ReportSigner {
  /** Lower-case. */
  readonly account: string;
  private derived: ReporterKey | undefined;

  constructor(
    private readonly chain: Chain,
    private readonly wallet: Wallet,
  ) {
    this.account = wallet.address.toLowerCase();
  }

  async key(): Promise<ReporterKey> {
    this.derived ??= await deriveReporterKey(this.wallet, this.chain.chainId, this.chain.oracle.address);
    return this.derived;
  }

  /**
   * Signs an epoch's reports, one a batch.
   * @param slot the account's slot in the epoch, and what the chain registered there
   * @throws FatalError when the chain knows another key for this account: nothing it signs would count
   */
  async sign(slot: number, { key: registered }: ReporterSlot, contents: readonly ReportContent[]) {
    const key = await this.key();
    const [x, y] = key.publicKey;
    if (registered[0] !== x || registered[1] !== y) {
      throw new FatalError(
        `the reporter ${this.account} is registered with another Baby Jubjub key`,
        'Register the key that this account derives, or set the account whose key is registered.',
        { derived: [String(x), String(y)], registered: registered.map(String) },
      );
    }
    return Promise.all(contents.map((content) => signedReport(key, { account: this.account, slot }, content)));
  }
}
