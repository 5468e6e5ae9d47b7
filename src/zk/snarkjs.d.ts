/** What @types/snarkjs leaves out or gets wrong of the functions used here. */
import 'snarkjs';

declare module 'snarkjs' {
  namespace curves {
    function getCurveFromName(name: string, options?: { singleThread?: boolean }): Promise<unknown>;
  }
  namespace wtns {
    /** A witness in memory, `data` filled by `calculate`. */
    function exportJson(witness: string | { type: 'mem'; data?: Uint8Array }): Promise<bigint[]>;
  }
}
