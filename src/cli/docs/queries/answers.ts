import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../../runtime/project';
import { ASKERS, type Asker, QUESTIONS, type Question } from './questions';

/** Answers of a devnet by question, as JSON; `npm run docs:answers` writes them. */
export const ANSWERS_FILE = 'docs/reference/queries.json';

/** Every question, with who asks it. */
export function allQuestions(): (Question & { asker: Asker })[] {
  return (Object.keys(ASKERS) as Asker[]).flatMap((asker) => QUESTIONS[asker].map((one) => ({ ...one, asker })));
}

/** What a devnet answered. */
export function readAnswers(): Record<string, unknown> {
  return JSON.parse(readFileSync(join(PROJECT_ROOT, ANSWERS_FILE), 'utf8'));
}
