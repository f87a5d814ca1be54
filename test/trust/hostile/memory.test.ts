import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { sized, tried } from '../../../trust/sizes';
import { json, startFakeServer } from '../../support/fake-server';
import { refusal } from '../../support/refusal';
import { GOOD, HostileRegistry, type Listing, MLMODEL } from '../../support/wire/hostile-registry';

const MIB = 1024 * 1024;
const run = promisify(execFile);
const server = startFakeServer();
const registry = new HostileRegistry(server);

describe('in a memory that is bounded', () => {
  let folder: string;
  let script: string;
  const page = (count: number, first = 0) =>
    Array.from({ length: count }, (_, index) => ({
      path: `data/part-${String(first + index).padStart(9, '0')}.parquet`,
      file_size: 5,
    }));
  const listings: Record<string, Listing> = {
    large: (asked) => ({ files: asked === '' ? [...GOOD, { path: 'data', is_dir: true }] : page(100_000) }),
    endless: (asked, token) =>
      asked === ''
        ? { files: [...GOOD, { path: 'data', is_dir: true }] }
        : { files: page(10_000, Number(token ?? 0)), next_page_token: String(Number(token ?? 0) + 10_000) },
    wordy: () => ({
      files: Array.from({ length: 30_000 }, (_, index) => ({ path: `${`${'w'.repeat(250)}/`.repeat(8)}${index}` })),
    }),
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    script = join(folder, 'look-into.js');
    buildSync({
      entryPoints: [join(__dirname, '../../support/wire/look-into.ts')],
      bundle: true,
      platform: 'node',
      loader: { '.py': 'text' },
      outfile: script,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Looks into versions in a process of its own, all at once. */
  async function lookInto(names: readonly string[], heapMb: number) {
    const made = new Map(Object.entries(listings));
    const texts = new Map<string, string>();
    server.answer = (_request, response, url) => {
      const [, name = ''] = /logged-models\/m-([a-z]+)/.exec(url.pathname) ?? [];
      const list = made.get(name);
      if (list !== undefined && url.pathname.endsWith('/directories')) {
        const { search } = url;
        // One text for all who ask: what is measured is the other process.
        const text =
          texts.get(name + search) ??
          JSON.stringify(
            list(url.searchParams.get('artifact_directory_path') ?? '', url.searchParams.get('page_token')),
          );
        texts.set(name + search, text);
        response.end(text);
      } else if (url.searchParams.get('name') === 'fat' || name === 'fat') {
        serveFat(url, response);
      } else if (url.pathname.endsWith('/get-download-uri')) {
        json(response, { artifact_uri: 'file:///mlruns/1' });
      } else {
        response.end(MLMODEL);
      }
    };
    const env = { ...process.env, LOOK: JSON.stringify({ url: server.url(), names }) };
    const { stdout } = await run('node', [`--max-old-space-size=${heapMb}`, script], { env, maxBuffer: 64 * MIB });
    const lines = stdout.split('\n');
    return JSON.parse(lines.at(-1) ?? '') as {
      outcomes: readonly { files?: number; name?: string; message?: string }[];
      maxRssKb: number;
    };
  }

  /** An MLmodel that is listed as a small file, and is one of 100 MB. */
  let fatSent = 0;
  function serveFat(url: URL, response: ServerResponse): void {
    if (url.pathname.endsWith('/directories')) {
      json(response, { files: GOOD });
    } else if (url.pathname.endsWith('/get-download-uri')) {
      json(response, { artifact_uri: 'file:///mlruns/1' });
    } else {
      const more = () => {
        while (fatSent < 100 * MIB && !response.destroyed) {
          fatSent += MIB;
          if (!response.write(Buffer.alloc(MIB, 'a: b\n'))) {
            return;
          }
        }
        response.end();
      };
      response.on('drain', more);
      more();
    }
  }

  test('100,000 files are a model like any other, and one without end or with endless names is not', async () => {
    const refused = (message: string) => ({ name: 'RefusedError', message: expect.stringContaining(message) });
    const expected = [
      ['large', { files: 100_002 }],
      ['endless', refused('250000 files')],
      ['wordy', refused('characters of names')],
      ['fat', refused('size mismatch: the registry lists "MLmodel"')],
    ] as const;
    // A plan looks into eight versions at once, and has 1,024 MB (lib/model-sync/sync-functions.ts).
    for (const [copies, heapMb, rssMb] of sized(1, 2) === 1
      ? [[1, 256, 512]]
      : [
          [1, 256, 512],
          [2, 700, 1_000],
        ]) {
      const all = Array.from({ length: copies ?? 1 }, () => expected).flat();
      fatSent = 0;
      const { outcomes, maxRssKb } = await lookInto(
        all.map(([name]) => name),
        heapMb ?? 0,
      );
      expect(outcomes).toEqual(all.map(([, outcome]) => outcome));
      expect(maxRssKb / 1024).toBeLessThan(rssMb ?? 0);
      expect(fatSent).toBeLessThan(20 * MIB * all.length);
      tried('hostile', all.length);
    }
  }, 240_000);

  test('an MLmodel that is listed with 100 MB is not asked for', async () => {
    registry.answer(() => ({ files: [{ path: 'MLmodel', file_size: 100 * MIB }] }));
    expect(await refusal(registry.prepare())).toContain('MLmodel has 104857600 bytes');
    // Where the files are, and which.
    expect(registry.requests).toBe(2);
    tried('hostile', 1);
  });
});
