import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../runtime/project';

const { name, version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};

/** Version of this software, as package.json says. */
export const VERSION = version;

/** Name and version of this software, as transcripts and handshakes carry it. */
export const SOFTWARE = `${name}/${version}`;
