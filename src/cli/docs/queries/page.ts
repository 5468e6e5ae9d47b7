import { referencePage } from '../page';
import { ANSWERS_FILE, readAnswers } from './answers';
import { ASKERS, type Asker, QUESTIONS, type Question } from './questions';

/** Text of docs/reference/queries.md: each question with its query and the answer of a devnet. */
export function queriesPage(): string {
  const answers = readAnswers();
  return referencePage(
    'Queries',
    `\`src/cli/docs/queries/questions.ts\` and \`${ANSWERS_FILE}\``,
    'Every query runs on a devnet (`npm start`) as it is: paste it into the console at its GraphQL address. The answers ' +
      'are those of a devnet that had run for some minutes; amounts are DPN wei, 10^18 of them are one DPN. Yearly ' +
      'rates are huge there: eight nodes with little stake share all emission. A test asks all of them and compares the ' +
      'shape of the answers. The [schema](schema.graphql) says what each field means.',
    ...(Object.keys(ASKERS) as Asker[]).flatMap((asker) => [
      `## ${title(asker)}`,
      ASKERS[asker],
      ...QUESTIONS[asker].flatMap((one) => exampleOf(one, answers[one.question])),
    ]),
  );
}

const title = (word: string) => word[0]?.toUpperCase() + word.slice(1);

function exampleOf({ question, document, variables }: Question, answer: unknown): string[] {
  return [
    `### ${question}`,
    block('graphql', document),
    ...(variables ? ['With the variables', block('json', JSON.stringify(variables, null, 2))] : []),
    block('json', JSON.stringify(answer, null, 2)),
  ];
}

const block = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``;
