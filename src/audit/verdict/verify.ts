import { toHex } from '../../protocol/bytes';
import { sha256 } from '../../protocol/hash';
import { TASKS } from '../../protocol/tasks';
import { Difference, Missing } from './difference';
import { replay } from './replay';
import { MAX_TRANSCRIPT_BYTES, paramsOf, parseTranscript } from './transcript';

/** Brings the file with a hash (64 hex digits); null when it is not there. */
export type EvidenceSource = (digits: string, maxBytes: number) => Promise<Uint8Array | null>;

/**
 * Makes the verdict of a transcript again from public files.
 * @param digits SHA-256 of the transcript, 64 hex digits
 * @param say told each thing that held
 * @returns what it took on trust, a sentence each
 * @throws Difference at the first that does not hold; Missing when a file is not there
 */
export async function verifyVerdict(
  source: EvidenceSource,
  digits: string,
  say: (line: string) => void,
): Promise<string[]> {
  const transcript = parseTranscript(await bring(source, digits, MAX_TRANSCRIPT_BYTES, 'transcript'));
  const { round, nodeId, device, verdict, open, anchor } = transcript;
  say(`transcript of round ${round}, node ${nodeId}, device ${device}: ${verdict.code}`);
  say(`reporter ${transcript.reporter}, chain ${transcript.chainId}, ReputationOracle ${transcript.oracle}`);
  const bringReveal = async () => {
    if (open.sha256 === null) return null;
    const maxBytes = TASKS[transcript.challenge.task].maxOpeningBytes(paramsOf(transcript));
    return bring(source, open.sha256.slice(2), maxBytes, 'reveal');
  };
  for await (const held of replay(transcript, bringReveal)) say(held);
  return [
    ...(anchor ? [`not looked up on the chain: that block ${anchor.block} anchors root ${anchor.root}`] : []),
    'not looked up on the chain: class, devices and worker key of the node, open block, busy rulings',
    'the reporter’s word: times, absences, sessions, broken frames, software adapters, shared commitments, faults',
  ];
}

async function bring(source: EvidenceSource, digits: string, maxBytes: number, what: string): Promise<Uint8Array> {
  const bytes = await source(digits, maxBytes);
  if (!bytes) throw new Missing(`the ${what} ${digits} is not there`);
  const found = toHex(sha256(bytes)).slice(2);
  if (found !== digits) throw new Difference(`the bytes given for ${what} ${digits} have the hash ${found}`);
  return bytes;
}
