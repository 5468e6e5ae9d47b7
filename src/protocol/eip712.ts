import { type TypedDataDomain, type TypedDataField, verifyTypedData } from 'ethers';

/**
 * Signed messages of protocol section 2. Hello, Commit and Busy carry the worker key's signature, Challenge, Receipt and
 * Verdict the reporter account's (signed-values.ts builds them from frames); the domain is DPIN version 1 of one chain's NodeRegistry.
 */
const TYPES = {
  Hello: [
    { name: 'reporter', type: 'address' },
    { name: 'nodeId', type: 'uint32' },
    { name: 'devices', type: 'uint8' },
    { name: 'nonce', type: 'bytes32' },
    { name: 'details', type: 'bytes32' },
  ],
  Commit: [
    { name: 'taskSeed', type: 'bytes32' },
    { name: 'commitment', type: 'bytes32' },
  ],
  Busy: [
    { name: 'taskSeed', type: 'bytes32' },
    { name: 'jobId', type: 'uint256' },
    { name: 'shard', type: 'uint16' },
  ],
  Challenge: [
    { name: 'round', type: 'uint64' },
    { name: 'openBlock', type: 'uint64' },
    { name: 'openBlockHash', type: 'bytes32' },
    { name: 'nonce', type: 'bytes32' },
    { name: 'nodeId', type: 'uint32' },
    { name: 'device', type: 'uint8' },
    { name: 'task', type: 'uint8' },
    { name: 'n', type: 'uint32' },
    { name: 'w', type: 'uint32' },
    { name: 'T', type: 'uint32' },
    { name: 'K', type: 'uint16' },
    { name: 'm', type: 'uint8' },
    { name: 'taskSeed', type: 'bytes32' },
    { name: 'deadlineMs', type: 'uint32' },
  ],
  Receipt: [
    { name: 'round', type: 'uint64' },
    { name: 'nodeId', type: 'uint32' },
    { name: 'device', type: 'uint8' },
    { name: 'taskSeed', type: 'bytes32' },
    { name: 'answer', type: 'bytes32' },
    { name: 'elapsedMs', type: 'uint32' },
  ],
  Verdict: [
    { name: 'round', type: 'uint64' },
    { name: 'nodeId', type: 'uint32' },
    { name: 'device', type: 'uint8' },
    { name: 'taskSeed', type: 'bytes32' },
    { name: 'commitment', type: 'bytes32' },
    { name: 'revealDigest', type: 'bytes32' },
    { name: 'code', type: 'string' },
    { name: 'reason', type: 'string' },
    { name: 'elapsedMs', type: 'uint32' },
    { name: 'perfBps', type: 'uint16' },
    { name: 'sampleT', type: 'uint32' },
    { name: 'sampleJ', type: 'uint32' },
    { name: 'sampleI', type: 'uint32' },
  ],
} satisfies Record<string, TypedDataField[]>;

interface Values {
  Hello: { reporter: string; nodeId: number; devices: number; nonce: string; details: string };
  Commit: { taskSeed: string; commitment: string };
  /** jobId in decimal digits. */
  Busy: { taskSeed: string; jobId: string; shard: number };
  Challenge: {
    round: number;
    openBlock: number;
    openBlockHash: string;
    nonce: string;
    nodeId: number;
    device: number;
    task: number;
    n: number;
    w: number;
    T: number;
    K: number;
    m: number;
    taskSeed: string;
    deadlineMs: number;
  };
  Receipt: {
    round: number;
    nodeId: number;
    device: number;
    taskSeed: string;
    /** 32 bytes: the commitment, or `answerOfBusy`. */
    answer: string;
    elapsedMs: number;
  };
  Verdict: {
    round: number;
    nodeId: number;
    device: number;
    taskSeed: string;
    commitment: string;
    revealDigest: string;
    code: string;
    reason: string;
    elapsedMs: number;
    perfBps: number;
    sampleT: number;
    sampleJ: number;
    sampleI: number;
  };
}
export type SignedMessage = keyof Values;
export type SignedValue<M extends SignedMessage> = Values[M];

/** What signs: an ethers Wallet or anything else that can sign typed data. */
export interface TypedDataSigner {
  signTypedData(domain: TypedDataDomain, types: Record<string, TypedDataField[]>, value: object): Promise<string>;
}

/** EIP-712 domain of the network. @param registry address of the NodeRegistry */
export function dpinDomain(chainId: number | bigint, registry: string): TypedDataDomain {
  return { name: 'DPIN', version: '1', chainId, verifyingContract: registry };
}

/** Signs one message; 65 bytes as lower-case hex. */
export async function signMessage<M extends SignedMessage>(
  signer: TypedDataSigner,
  domain: TypedDataDomain,
  message: M,
  value: SignedValue<M>,
): Promise<string> {
  return (await signer.signTypedData(domain, { [message]: TYPES[message] }, value)).toLowerCase();
}

/** Address, lower-case, of whoever made `signature` over the message; null for what is no signature at all. */
export function signerOf<M extends SignedMessage>(
  domain: TypedDataDomain,
  message: M,
  value: SignedValue<M>,
  signature: string,
): string | null {
  try {
    return verifyTypedData(domain, { [message]: TYPES[message] }, value, signature).toLowerCase();
  } catch {
    return null;
  }
}

/** True when `signature` over the message was made by `signer`; false for another's and for anything malformed. */
export function isSignedBy<M extends SignedMessage>(
  signer: string,
  domain: TypedDataDomain,
  message: M,
  value: SignedValue<M>,
  signature: string,
): boolean {
  return signerOf(domain, message, value, signature) === signer.toLowerCase();
}
