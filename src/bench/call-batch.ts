import { concat } from 'ethers';

/**
 * Runtime code of an account that makes the calls it is given: records of target (32 bytes), length (32 bytes), data.
 * A failing call reverts all. Written by hand because it is put straight into a local chain's state.
 */
export const callBatchCode = concat([
  '0x5f', //           position = 0
  '0x5b', //           next (0x01):
  '0x8036116009', //   position < calldatasize ?
  '0x57', //           then record
  '0x00', //           stop
  '0x5b', //           record (0x09):
  '0x8060200135', //   length = calldata[position + 32]
  '0x8082604001', //   copy `length` bytes from position + 64
  '0x5f37', //           to memory 0
  '0x5f5f825f5f', //   no return data wanted, arguments are memory 0..length, no value
  '0x86355af1', //     call(gas, calldata[position])
  '0x602957', //       worked ? go to advance
  '0x3d5f5f3e3d5ffd', // revert with what the call said
  '0x5b', //           advance (0x29):
  '0x0160400160', //   position += length + 64
  '0x0156', //         go to next
]);

export interface Call {
  to: string;
  data: string;
}

/** Calldata that makes an account with `callBatchCode` do the calls in order. */
export function encodeCalls(calls: readonly Call[]): string {
  const word = (hex: string) => hex.padStart(64, '0');
  const records = calls.map(({ to, data }) => {
    const lengthBytes = (data.length - 2) / 2;
    return word(to.slice(2)) + word(lengthBytes.toString(16)) + data.slice(2);
  });
  return `0x${records.join('')}`;
}
