import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { circuitPaths } from './artifacts';
import { ARTIFACT_FOLDERS, lookAtArtifacts } from './look';

describe('files of a circuit', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dpin-artifacts-'));
    cpSync(ARTIFACT_FOLDERS.artifacts, folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are told apart when they are there, not expanded, missing or changed', async () => {
    const folders = { artifacts: folder, expanded: folder };
    const { wasm, zkey } = circuitPaths('tree');
    const expanded = [basename(wasm), basename(zkey)];
    expect(await lookAtArtifacts('tree', folders)).toEqual({
      right: ['tree.vkey.json', 'tree.wasm.br', 'tree.zkey.br'],
      missing: [],
      wrong: [],
      toExpand: expanded,
    });

    rmSync(join(folder, 'tree.zkey.br'));
    writeFileSync(join(folder, 'tree.vkey.json'), '{}');
    for (const name of expanded) writeFileSync(join(folder, name), 'cut');
    expect(await lookAtArtifacts('tree', folders)).toEqual({
      right: ['tree.wasm.br'],
      missing: ['tree.zkey.br'],
      wrong: ['tree.vkey.json', ...expanded],
      toExpand: [],
    });
  });
});
