import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_FATAL } from '../../../runtime/exit';
import { PROJECT_ROOT } from '../../../runtime/project';
import { ANSWERS_FILE, allQuestions } from './answers';

/** `npm run docs:answers -- URL`: asks the API of a devnet every question of the page, and writes its answers down. */
async function main(url: string | undefined): Promise<void> {
  if (!url)
    throw new Error(
      'name the GraphQL address of a devnet, as in npm run docs:answers -- http://127.0.0.1:4350/graphql',
    );
  const answers: Record<string, unknown> = {};
  for (const { question, document: query, variables } of allQuestions()) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    const { data, errors } = (await response.json()) as { data?: unknown; errors?: { message: string }[] };
    if (errors) throw new Error(`${question} ${errors.map(({ message }) => message).join('; ')}`);
    answers[question] = data;
  }
  writeFileSync(join(PROJECT_ROOT, ANSWERS_FILE), `${JSON.stringify(answers, null, 2)}\n`);
}

main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exit(EXIT_FATAL);
});
