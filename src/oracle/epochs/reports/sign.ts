import { type ReportContent, reportMessage } from '../../../protocol/scoring/batch';
import { type ReporterKey, signReport } from '../../../zk/eddsa';
import { loadPoseidon } from '../../../zk/poseidon';
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
