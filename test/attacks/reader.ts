import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildClientSchema,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getIntrospectionQuery,
  getNamedType,
  type IntrospectionQuery,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import { queryGraphql } from '../../src/audit/graphql';

/** Levels of objects below a field of Query: every type has a field of its own there. */
const LEVELS = 2;
const READERS = 3;
/** 32 bytes as they are written in answers and files. */
const WORDS = /[0-9a-f]{64}/g;

/** Values for arguments that a field demands or that widen its answer. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  nodeId: '0',
  round: '0',
  device: '0',
  epoch: '0',
  epochs: '10',
  limit: '8',
  first: '8',
  offset: '0',
  id: '"0"',
  account: '"0x1111111111111111111111111111111111111111"',
  address: '"0x1111111111111111111111111111111111111111"',
  hash: `"0x${'11'.repeat(32)}"`,
  text: '"node 0"',
  unit: 'EPOCH',
  orderBy: '[id_ASC]',
};

/** Reads whatever can be read of an oracle, again and again, and remembers when each 32-byte value was first seen. */
export class Reader {
  /** Wall-clock time at which an answer or a file with the value (hex without 0x) was there whole, and what it was. */
  readonly seen = new Map<string, { atMs: number; where: string }>();
  private readonly files = new Map<string, { atMs: number; bytes: Buffer }>();
  private reading = true;
  private readonly readers: Promise<void>[];
  private answers = 0;

  private constructor(
    private readonly graphqlUrl: string,
    private readonly queries: readonly string[],
    private readonly evidenceFolder: string,
    otherUrls: readonly string[],
  ) {
    this.readers = [
      ...Array.from({ length: READERS }, (_, reader) => this.readApi(reader)),
      this.readFiles(),
      ...otherUrls.map((url) => this.readPage(url)),
    ];
  }

  /** @param otherUrls pages that are read as they are */
  static async start(graphqlUrl: string, evidenceFolder: string, otherUrls: readonly string[]): Promise<Reader> {
    const introspected = await queryGraphql(graphqlUrl, getIntrospectionQuery());
    const schema = buildClientSchema(introspected as unknown as IntrospectionQuery);
    const queries = Object.values(schema.getQueryType()!.getFields()).map(queryOf);
    for (const query of queries) await queryGraphql(graphqlUrl, query);
    return new Reader(graphqlUrl, queries, evidenceFolder, otherUrls);
  }

  /** Fields of Query that are read, and answers so far. */
  get figures(): { fields: number; answers: number; files: number } {
    return { fields: this.queries.length, answers: this.answers, files: this.files.size };
  }

  /** When a file that holds these bytes, raw, was first seen; undefined when none does. */
  firstFileWith(bytes: Buffer): { atMs: number; where: string } | undefined {
    return [...this.files]
      .filter(([, file]) => file.bytes.includes(bytes))
      .map(([where, { atMs }]) => ({ atMs, where }))
      .sort((a, b) => a.atMs - b.atMs)[0];
  }

  async stop(): Promise<void> {
    this.reading = false;
    await Promise.all(this.readers);
  }

  /** Every field once, each reader another part of them. */
  private async readApi(reader: number): Promise<void> {
    while (this.reading) {
      for (let index = reader; index < this.queries.length && this.reading; index += READERS) {
        const query = this.queries[index]!;
        const data = await queryGraphql(this.graphqlUrl, query);
        this.note(JSON.stringify(data), query);
        this.answers++;
      }
    }
  }

  private async readPage(url: string): Promise<void> {
    while (this.reading) {
      const text = await fetch(url).then(
        (response) => response.text(),
        () => '',
      );
      this.note(text, url);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private async readFiles(): Promise<void> {
    while (this.reading) {
      for (const entry of readdirSync(this.evidenceFolder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (!entry.isFile() || this.files.has(path)) continue;
        const bytes = contentOf(path);
        if (!bytes) continue;
        this.files.set(path, { atMs: Date.now(), bytes });
        this.note(bytes.toString('latin1'), path);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private note(text: string, where: string): void {
    const atMs = Date.now();
    for (const [word] of text.matchAll(WORDS)) {
      if (!this.seen.has(word)) this.seen.set(word, { atMs, where });
    }
  }
}

/** A file that is still written moves away under the reader. */
function contentOf(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

/** Asks a field of Query for all that is under it. */
function queryOf(field: GraphQLField<unknown, unknown>): string {
  return `{ ${selectionOf(field, LEVELS)} }`;
}

function selectionOf(field: GraphQLField<unknown, unknown>, levels: number): string {
  const type = getNamedType(field.type as GraphQLOutputType) as GraphQLNamedType;
  const head = `${field.name}${argumentsOf(field)}`;
  if (isLeafType(type)) return head;
  if (!isObjectType(type)) throw new Error(`${field.name}: the reader does not know how to read ${type}`);
  const below = Object.values(type.getFields())
    .filter((child) => levels > 1 || isLeafType(getNamedType(child.type)))
    .map((child) => selectionOf(child, levels - 1));
  return `${head} { __typename ${below.join(' ')} }`;
}

function argumentsOf({ name, args }: GraphQLField<unknown, unknown>): string {
  const given = args
    .filter((argument) => isRequiredArgument(argument) || argument.name === 'limit' || argument.name === 'first')
    .map((argument: GraphQLArgument) => {
      const value = ARGUMENTS[argument.name];
      if (value === undefined) throw new Error(`${name}: the reader has no value for argument ${argument.name}`);
      return `${argument.name}: ${value}`;
    });
  return given.length > 0 ? `(${given.join(', ')})` : '';
}
