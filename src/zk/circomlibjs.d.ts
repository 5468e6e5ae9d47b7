/** The parts of circomlibjs used here; the package has no types of its own. Field elements are Montgomery bytes. */
declare module 'circomlibjs' {
  export interface Field {
    e(value: bigint): Uint8Array;
    toObject(element: Uint8Array): bigint;
  }
  export interface PoseidonFunction {
    (inputs: readonly (bigint | Uint8Array)[]): Uint8Array;
    F: Field;
  }
  type Point = [Uint8Array, Uint8Array];
  export interface Eddsa {
    F: Field;
    prv2pub(privateKey: Uint8Array): Point;
    signPoseidon(privateKey: Uint8Array, message: Uint8Array): { R8: Point; S: bigint };
    verifyPoseidon(message: Uint8Array, signature: { R8: Point; S: bigint }, publicKey: Point): boolean;
  }
  export function buildPoseidon(): Promise<PoseidonFunction>;
  export function buildEddsa(): Promise<Eddsa>;
}
