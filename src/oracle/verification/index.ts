import type { TaskName } from '../../protocol/tasks';
import type { CheckResult, LoadedCheck, TaskVerifier } from './check';
import { verifyGemm } from './gemm';
import { verifyTree } from './tree';

const VERIFIERS: Readonly<Record<TaskName, TaskVerifier>> = { gemm: verifyGemm, tree: verifyTree };

/** Checks an opening of whichever task it is. */
export async function runCheck(check: LoadedCheck): Promise<CheckResult> {
  const start = process.cpuUsage();
  const finding = await VERIFIERS[check.params.task](check);
  const { user, system } = process.cpuUsage(start);
  return { ...finding, cpuMs: (user + system) / 1000 };
}
