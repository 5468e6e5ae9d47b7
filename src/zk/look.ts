import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ARTIFACTS_FOLDER, type CircuitName, circuitPaths, EXPANDED_FOLDER, readTranscript, sha256 } from './artifacts';

/** Where the files of the circuits lie. */
export interface ArtifactFolders {
  artifacts: string;
  expanded: string;
}

/** Those of this checkout. */
export const ARTIFACT_FOLDERS: ArtifactFolders = { artifacts: ARTIFACTS_FOLDER, expanded: EXPANDED_FOLDER };

/** What is there of a circuit's files; names are relative to their folders. */
export interface ArtifactsLook {
  right: string[];
  missing: string[];
  /** Their hash is not that of the transcript. */
  wrong: string[];
  /** Not expanded yet from what is there: it takes some seconds at the first proof. */
  toExpand: string[];
}

/**
 * Compares the files of a circuit with the hashes of the transcript: the verification key, and witness program and
 * proving key as they are used. Whether they belong to the circuit's source is `npm run circuits:verify`.
 * @throws FatalError when the transcript cannot be read
 */
export async function lookAtArtifacts(name: CircuitName, folders = ARTIFACT_FOLDERS): Promise<ArtifactsLook> {
  const { wasm, zkey, vkey } = readTranscript().circuits[name];
  const look: ArtifactsLook = { right: [], missing: [], wrong: [], toExpand: [] };
  const compare = async (file: string, hash: string | undefined, missing: string[]) => {
    const content = await readFile(file).catch(() => undefined);
    if (content === undefined) missing.push(basename(file));
    else if (hash !== undefined && sha256(content) !== hash) look.wrong.push(basename(file));
    else look.right.push(basename(file));
  };
  const packed = (file: string) => join(folders.artifacts, `${name}.${file}`);
  await compare(packed('vkey.json'), vkey, look.missing);
  await compare(packed('wasm.br'), undefined, look.missing);
  await compare(packed('zkey.br'), undefined, look.missing);
  const expanded = circuitPaths(name);
  await compare(join(folders.expanded, basename(expanded.wasm)), wasm, look.toExpand);
  await compare(join(folders.expanded, basename(expanded.zkey)), zkey, look.toExpand);
  return look;
}
