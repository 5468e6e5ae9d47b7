import { z } from 'zod';
import { FatalError } from '../../../runtime/errors';
import { defineCommand } from '../../command';

export const command = defineCommand({
  group: 'evidence',
  verb: 'verify',
  summary: 'Make a verdict again from its public files',
  help:
    'Fetches the transcript and what the node revealed, checks hashes, signatures, seeds, coins and the path to the ' +
    "anchor's root, checks the reveal itself, and decides anew from the recorded facts. Says what held, and ends with " +
    'exit code 1 at the first difference. It does not ask the chain whether the anchor is there.',
  options: [
    {
      name: 'transcript',
      flags: '--transcript <hash>',
      description: 'SHA-256 of the transcript, as GraphQL `challenges { transcriptSha256 }` gives it',
      schema: z.string().regex(/^(0x)?[0-9a-f]{64}$/, 'is not 64 lower-case hex digits'),
    },
    {
      name: 'url',
      flags: '--url <address>',
      description: 'Address of the evidence server, as GraphQL `evidence { url }` gives it',
      default: 'files of --dir',
      schema: z
        .url({ protocol: /^https?$/, error: 'is not an address that starts with http:// or https://' })
        .optional(),
    },
    {
      name: 'dir',
      flags: '--dir <folder>',
      description: "A reporter's EVIDENCE_DIR on this machine, instead of --url",
      default: 'files of --url',
      schema: z.string().min(1, 'is empty').optional(),
    },
  ],
  example: `npx dpin evidence verify --url http://127.0.0.1:4500 --transcript 0x${'5e'.repeat(32)}`,
  brief: true,
  run: async (_settings, { transcript, url, dir }) => {
    if ((url === undefined) === (dir === undefined)) {
      throw new FatalError('--url or --dir: one of them says where the files are', 'Give one of the two.');
    }
    const [{ fetchEvidence }, { readEvidence }, { verifyVerdict }, { Difference, Missing }] = await Promise.all([
      import('../../../audit/verdict/fetch'),
      import('../../../oracle/evidence/read'),
      import('../../../audit/verdict/verify'),
      import('../../../audit/verdict/difference'),
    ]);
    const source = (digits: string, maxBytes: number) =>
      url === undefined ? readEvidence(dir!, digits, maxBytes) : fetchEvidence(url, digits, maxBytes);
    try {
      const trusted = await verifyVerdict(source, transcript.replace(/^0x/, ''), (line) => console.log(`ok  ${line}`));
      for (const line of trusted) console.log(`--  ${line}`);
      console.log('the verdict follows');
    } catch (error) {
      if (error instanceof Missing) {
        throw new FatalError(
          `Nothing can be verified: ${error.message}`,
          'Look at the address first. After the challenge window a file may be gone; within it the reporter owes it.',
        );
      }
      if (!(error instanceof Difference)) throw error;
      throw new FatalError(
        `The verdict does not follow: ${error.message}`,
        'Keep both files: together with the reporter’s signatures they are the proof.',
      );
    }
  },
});
