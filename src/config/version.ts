import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const { name, version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};

/** Name and version of this software, as transcripts and handshakes carry it. */
export const SOFTWARE = `${name}/${version}`;
