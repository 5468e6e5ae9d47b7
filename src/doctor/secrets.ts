import { SETTINGS } from '../config/settings';

/** Settings whose addresses may carry API keys. */
const ADDRESSES = ['RPC_URL', 'INDEX_ARCHIVE_URL', 'EVIDENCE_URL', 'ORACLE_URL'] as const;
/** Shorter parts of a path are names, as of a version or a chain. */
const KEY_IN_PATH = 16;
/** Shorter values are words that a message may need. */
const SHORTEST = 6;
/** Errors show so much of a wrong setting, which may cut a key in two. */
const SHOWN_OF_A_SETTING = 100;

/** Texts of the environment that must not be shown: secret settings, and passwords and keys in addresses. */
export function secretsIn(env: NodeJS.ProcessEnv): string[] {
  const values = Object.entries(SETTINGS).flatMap(([name, setting]) =>
    'secret' in setting && env[name] !== undefined ? [env[name]] : [],
  );
  const texts = ADDRESSES.flatMap((name) => {
    const text = env[name] ?? '';
    return [text, text.slice(0, SHOWN_OF_A_SETTING)];
  });
  const found = [...values, ...texts.flatMap((text) => text.split(',').flatMap(keysIn))];
  return [...new Set(found)].filter((secret) => secret.length >= SHORTEST && !isName(secret, env));
}

/** Passwords, long parts of the path and values of the query of an address, which need not be a right one. */
function keysIn(address: string): string[] {
  const [, login, rest = ''] = /^\s*(?:\w*:\/*)?(?:([^/?#]*)@)?[^/?#]*(.*)$/.exec(address) ?? [];
  const [path = '', query = ''] = rest.trim().split(/[?#](.*)/s);
  return [
    ...(login?.split(':') ?? []).flatMap((part) => [part, decoded(part)]),
    ...path.split('/').filter((part) => part.length >= KEY_IN_PATH),
    ...query.split(/[&#]/).map((pair) => pair.slice(pair.indexOf('=') + 1)),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A password that is also the name of something would take that name out of every line. */
function isName(secret: string, env: NodeJS.ProcessEnv): boolean {
  return ['DB_USER', 'DB_NAME', 'DB_HOST'].some((name) => env[name] === secret) || secret === 'postgres';
}
