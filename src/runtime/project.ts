import { join } from 'node:path';

/** The checkout (or the installed package): this file runs from src/runtime and from lib/runtime. */
export const PROJECT_ROOT = join(__dirname, '..', '..');
