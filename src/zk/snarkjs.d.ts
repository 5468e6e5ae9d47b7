/** What @types/snarkjs leaves out or gets wrong of the functions used here. */
import 'snarkjs';

declare module 'snarkjs' {
  namespace curves {
    function getCurveFromName(name: string, options?: { singleThread?: boolean }): Promise<unknown>;
  }
}
