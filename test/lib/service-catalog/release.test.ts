import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEED_FILE, TEMPLATE_FILE } from '../../../lib/service-catalog/product-version';
import { release } from '../../../lib/service-catalog/release';

let project: string;
let versions: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'release-'));
  versions = join(project, 'product-versions');
});

/** A snapshot of a working tree with that content. */
function snapshot(content: string): (folder: string) => Promise<void> {
  return async (folder) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, SEED_FILE), content);
    writeFileSync(join(folder, TEMPLATE_FILE), '{}');
  };
}

test('the first version has the name of the sample, the next ones have numbers', async () => {
  expect(await release(versions, undefined, snapshot('a'))).toBe('RealTimeEndpoint');
  expect(await release(versions, undefined, snapshot('b'))).toBe('RealTimeEndpoint-2');
  expect(await release(versions, 'RealTimeEndpoint-3', snapshot('c'))).toBe('RealTimeEndpoint-3');
  expect(readFileSync(join(versions, 'RealTimeEndpoint', SEED_FILE), 'utf8')).toBe('a');
});

test('a release without a change is refused, and leaves nothing behind', async () => {
  await release(versions, undefined, snapshot('a'));
  await expect(release(versions, undefined, snapshot('a'))).rejects.toThrow('nothing changed since RealTimeEndpoint');
  expect(readdirSync(versions)).toEqual(['RealTimeEndpoint']);
  expect(readdirSync(project)).toEqual(['product-versions']);
});

test('a release that fails leaves nothing behind', async () => {
  await expect(release(versions, undefined, () => Promise.reject(new Error('no synth')))).rejects.toThrow('no synth');
  expect(readdirSync(project)).toEqual([]);
});

test('no version is released over another, or out of turn', async () => {
  await release(versions, undefined, snapshot('a'));
  for (const name of ['RealTimeEndpoint', 'RealTimeEndpoint-3', 'v2']) {
    await expect(release(versions, name, snapshot('b'))).rejects.toThrow(
      `the next version is RealTimeEndpoint-2, not ${name}`,
    );
  }
});
