import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import fc from 'fast-check';
import { packArchive } from '../../lambda/create/archive/pack-archive';
import { Images } from '../../lambda/shared/images/images';
import { checkEntryNames } from '../../lambda/shared/packing/entry-names';
import { preparePackage } from '../../lambda/shared/packing/prepare';
import { connectRegistry } from '../../lambda/shared/registry/connect';
import { sized, tried } from '../../trust/sizes';
import { entriesOf, opener } from '../support/archive/files';
import { startTestSink, type TestSink } from '../support/archive/sink';
import { type FakeServer, json, startFakeServer } from '../support/fake-server';
import { IMPATIENT } from '../support/impatient';
import { modelVersion } from '../support/versions';

const MIB = 1024 * 1024;
const MLMODEL = 'flavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.9.1\n';
const run = promisify(execFile);
const server: FakeServer = startFakeServer();
const images = new Images('us-east-1', {});

interface Entry {
  readonly path: string;
  readonly is_dir?: boolean;
  readonly file_size?: number;
}
type Listing = (folder: string, token: string | null) => { files?: readonly Entry[]; next_page_token?: string };
type Send = (request: IncomingMessage, response: ServerResponse) => void;

const good: readonly Entry[] = [
  { path: 'MLmodel', file_size: MLMODEL.length },
  { path: 'model.pkl', file_size: 5 },
];
const flat =
  (...entries: readonly Entry[]): Listing =>
  () => ({ files: [...good, ...entries] });
const sendMlmodel: Send = (_request, response) => void response.end(MLMODEL);
let requests = 0;

/** A registry, of the one kind or the other, that lists and sends as the test says. */
function answer(list: Listing, send: Send = sendMlmodel): void {
  requests = 0;
  server.answer = (request, response, url) => {
    requests += 1;
    const folder = url.searchParams.get('artifact_directory_path') ?? url.searchParams.get('path') ?? '';
    if (url.pathname.endsWith('/directories') || url.pathname.endsWith('/list-artifacts')) {
      json(response, list(folder, url.searchParams.get('page_token')));
    } else if (url.pathname.endsWith('/get-download-uri')) {
      json(response, { artifact_uri: 'file:///mlruns/1' });
    } else if (url.pathname.endsWith('/get-signed-download-uri')) {
      json(response, { signed_uri: `${server.url()}/file` });
    } else {
      send(request, response);
    }
  };
}

const REGISTRIES = {
  MLflow: () => ({ MLFLOW_TRACKING_URI: server.url(), MLFLOW_TRACKING_TOKEN: 't0ken' }),
  Databricks: () => ({ DATABRICKS_HOST: server.url(), DATABRICKS_TOKEN: 't0ken' }),
} as const;
const KINDS = Object.keys(REGISTRIES) as (keyof typeof REGISTRIES)[];

function prepare(kind: keyof typeof REGISTRIES = 'MLflow', tags: Record<string, string> = {}) {
  const registry = connectRegistry(JSON.stringify(REGISTRIES[kind]()), undefined, IMPATIENT);
  return preparePackage(registry, modelVersion({ source: 'models:/m-1', stage: 'Staging', tags }), images);
}

/** The refusal of a version, fit for logs, states and people, and soon. */
async function refusal(looking: Promise<unknown>, withinMs = 5_000): Promise<string> {
  const begun = performance.now();
  const error = await looking.then(
    () => new Error('it was taken'),
    (reason: Error) => reason,
  );
  expect(error.message.slice(0, 300)).not.toBe('it was taken');
  expect({ name: error.name, message: error.message.slice(0, 300) }).toMatchObject({ name: 'RefusedError' });
  expect(error.message.length).toBeLessThanOrEqual(2_003);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what no message may have.
  expect(error.message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u);
  expect(performance.now() - begun).toBeLessThan(withinMs);
  return error.message;
}

describe('a name in a listing', () => {
  const NAMES: readonly (readonly [what: string, path: string, told: string])[] = [
    ['traversal', '../../etc/passwd', '../../etc/passwd'],
    ['traversal inside', 'a/../../escape', 'a/../../escape'],
    ['traversal at the end', 'a/..', 'a/..'],
    ['absolute', '/etc/passwd', '/etc/passwd'],
    ['a drive', 'C:/Windows', 'C:/Windows'],
    ['backslashes', '..\\..\\escape', '..\\\\..\\\\escape'],
    ['NUL', 'model.pkl\0.txt', 'model.pkl\\u0000.txt'],
    ['a line end', 'a\nFATAL: all is lost', 'a\\nFATAL'],
    ['an escape of terminals', '\u001b[2Jgone', '\\u001b[2Jgone'],
    ['a control character of C1', 'a\u009b2J', 'a\\u{9b}2J'],
    ['a lone surrogate', 'a\ud800', 'a\\ud800'],
    ['nothing', '', '""'],
    ['a dot', './a', './a'],
    ['an empty part', 'a//b', 'a//b'],
    ['a slash at its end', 'a/', 'a/'],
    ['a part that is too long', 'x'.repeat(256), 'xxx'],
    ['a path that is too long', 'x/'.repeat(4_000), 'x/x/'],
    ['a million characters', 'y'.repeat(MIB), 'yyy'],
  ];

  test.each(NAMES)('that is %s fails its version alone, by its name', async (_what, path, told) => {
    for (const kind of KINDS) {
      for (const entry of [
        { path, file_size: 5 },
        { path, is_dir: true },
      ]) {
        answer((folder) => (folder === '' ? { files: [...good, entry] } : { files: [] }));
        expect(await refusal(prepare(kind))).toContain(told);
        expect(requests).toBeLessThan(5);
      }
    }
    tried('hostile', 2 * KINDS.length);
  });

  test('that turns its line around is shown by what it is, where it may be a name', async () => {
    const path = 'code\u202egnp.exe';
    answer(flat({ path, file_size: 5 }, { path, file_size: 5 }));
    expect(await refusal(prepare())).toContain('code\\u{202e}gnp.exe" appears twice');
    tried('hostile', 1);
  });

  test('that comes twice, or is a file and a folder, is refused', async () => {
    const twice = { path: 'a/b', file_size: 5 };
    answer(flat(twice, twice));
    expect(await refusal(prepare())).toContain('"model/a/b" appears twice');
    answer(flat(twice, { path: 'a', file_size: 5 }));
    expect(await refusal(prepare())).toContain('"model/a" is also the folder of another file');
    answer((folder) =>
      folder === '' ? { files: [...good, { path: 'a', is_dir: true }, { path: 'a', is_dir: true }] } : {},
    );
    expect(await refusal(prepare())).toContain('the folder "a" twice');
    answer((folder) => ({ files: folder === '' ? [...good, { path: 'a', is_dir: true }] : [{ path: 'b/c' }] }));
    expect(await refusal(prepare())).toContain('"b/c" in the folder "a"');
    tried('hostile', 4);
  });
});

describe('a listing that never ends', () => {
  const endless: readonly (readonly [what: string, list: Listing, most: number])[] = [
    [
      'because a folder lists itself',
      (folder) => ({ files: [...(folder === '' ? good : []), { path: folder || 'a', is_dir: true }] }),
      10,
    ],
    ['because the root lists itself', () => ({ files: [...good, { path: '', is_dir: true }] }), 10],
    ['because the root lists itself as a dot', () => ({ files: [...good, { path: '.', is_dir: true }] }), 10],
    [
      'because each folder has a folder',
      (folder) => ({
        files: [...(folder === '' ? good : []), { path: folder === '' ? 'a' : `${folder}/a`, is_dir: true }],
      }),
      100,
    ],
    [
      'because each folder has two',
      (folder) => ({
        files: ['a', 'b'].map((name) => ({ path: folder === '' ? name : `${folder}/${name}`, is_dir: true })),
      }),
      200,
    ],
    ['because a page names itself', () => ({ files: [...good], next_page_token: 'again' }), 10],
    [
      'because two pages name each other',
      (_folder, token) => ({ files: [], next_page_token: token === 'a' ? 'b' : 'a' }),
      10,
    ],
    [
      'because there is always another page',
      (_folder, token) => ({ files: [], next_page_token: String(Number(token ?? 0) + 1) }),
      2_100,
    ],
  ];

  test.each(endless)(
    '%s ends soon',
    async (_what, list, most) => {
      for (const kind of KINDS) {
        answer(list);
        await refusal(prepare(kind), 60_000);
        expect(requests).toBeLessThan(most);
      }
      tried('hostile', KINDS.length);
    },
    120_000,
  );

  test('because each folder has very many ends at some number of folders', async () => {
    const wide = Array.from({ length: 25_000 }, (_, index) => ({ path: `f${index}`, is_dir: true }));
    answer((folder) => (folder === '' ? { files: wide } : {}));
    expect(await refusal(prepare())).toContain('20000 folders');
    expect(requests).toBeLessThan(10);
    tried('hostile', 1);
  });
});

describe('in a memory that is bounded', () => {
  let folder: string;
  let script: string;
  const page = (count: number, first = 0) =>
    Array.from({ length: count }, (_, index) => ({
      path: `data/part-${String(first + index).padStart(9, '0')}.parquet`,
      file_size: 5,
    }));
  const listings: Record<string, Listing> = {
    large: (asked) => ({ files: asked === '' ? [...good, { path: 'data', is_dir: true }] : page(100_000) }),
    endless: (asked, token) =>
      asked === ''
        ? { files: [...good, { path: 'data', is_dir: true }] }
        : { files: page(10_000, Number(token ?? 0)), next_page_token: String(Number(token ?? 0) + 10_000) },
    wordy: () => ({
      files: Array.from({ length: 30_000 }, (_, index) => ({ path: `${`${'w'.repeat(250)}/`.repeat(8)}${index}` })),
    }),
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    script = join(folder, 'look-into.js');
    buildSync({
      entryPoints: [join(__dirname, '../support/wire/look-into.ts')],
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
      json(response, { files: good });
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
    answer(() => ({ files: [{ path: 'MLmodel', file_size: 100 * MIB }] }));
    expect(await refusal(prepare())).toContain('MLmodel has 104857600 bytes');
    // Where the files are, and which.
    expect(requests).toBe(2);
    tried('hostile', 1);
  });
});

describe('an MLmodel', () => {
  const doubled = (levels: number, leaf: string) =>
    [
      `a0: &a0 ${JSON.stringify(leaf)}`,
      ...Array.from({ length: levels }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`),
    ].join('\n');
  const bomb = (inside: string) => `${doubled(9, 'x'.repeat(500_000))}\nflavors:\n${inside}`;
  const TEXTS: readonly (readonly [what: string, text: string, told: RegExp])[] = [
    [
      'with a billion laughs',
      `${['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
        .map(
          (name, at, all) =>
            `${name}: &${name} [${
              at === 0
                ? '"lol"'
                : Array(9)
                    .fill(`*${all[at - 1]}`)
                    .join(', ')
            }]`,
        )
        .join('\n')}\nflavors: {}`,
      /YAML/,
    ],
    ['with few aliases of much, in what is written out', bomb('  tensorflow: {data: tf, x: *a9}\n'), /written out/],
    [
      'with few aliases of much, in its signature',
      `${bomb('  tensorflow: {data: tf}\n')}signature: {inputs: *a9}\n`,
      /written out/,
    ],
    ['that holds itself', 'flavors: {tensorflow: &me {data: tf, me: *me}}\n', /written out/],
    ['with a Python object', 'flavors: !!python/object/apply:os.system ["touch /tmp/hostile"]\n', /YAML/],
    ['with a function', 'flavors: {sklearn: !!js/function "function () { process.exit(1) }"}\n', /YAML/],
    ['with a tag of half a megabyte', `flavors: !<${'t'.repeat(500_000)}> {}\n`, /YAML/],
    ['that is deep', `flavors: ${'['.repeat(100_000)}`, /YAML/],
    [
      'that is deep by indentation',
      `${Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}\n`,
      /YAML/,
    ],
    ['that is no YAML', '\0\x01\x02\x1b[2J'.repeat(1000), /YAML/],
    ['that is a list', '- flavors\n', /no flavors/],
    ['that is empty', '', /YAML/],
    ['that is two documents', 'flavors: {}\n---\nflavors: {}\n', /YAML/],
    ['whose flavors are a text', 'flavors: sklearn\n', /no flavors/],
    [
      'with flavors without end',
      `flavors: {${Array.from({ length: 40_000 }, (_, at) => `f${at}: {}`).join(', ')}}\n`,
      /no flavor of this model/,
    ],
    ['with a flavor of control characters', 'flavors: {"\\e[2J\\u202e": {}}\n', /\\u\{1b\}\[2J\\u\{202e\}/],
    [
      'with the prototype of all objects',
      'flavors: {__proto__: {polluted: true}, constructor: {prototype: {polluted: true}}}\n',
      /no flavor of this model/,
    ],
    [
      'whose folder is half a million slashes',
      `flavors: {tensorflow: {data: "${'/'.repeat(500_000)}x"}}\n`,
      /SavedModel/,
    ],
    [
      'whose version is half a megabyte',
      `flavors: {sklearn: {pickled_model: model.pkl, sklearn_version: "${'9.'.repeat(250_000)}"}}\n`,
      /ways? out|sagemaker_deploy_image/,
    ],
    [
      'whose model file leaves the folder',
      'flavors: {sklearn: {pickled_model: ../../etc/passwd, sklearn_version: 1.9.1}}\n',
      /"..\/..\/etc\/passwd" that MLmodel names is not in the folder/,
    ],
    [
      'with half a megabyte of anchors',
      `flavors: {}\n${Array.from({ length: 30_000 }, (_, at) => `k${at}: &k${at} v`).join('\n')}\n`,
      /no flavor/,
    ],
    [
      'with merges of merges',
      `b: &b {${Array.from({ length: 20_000 }, (_, at) => `k${at}: v`).join(', ')}}\nflavors: {sklearn: {<<: [*b, *b, *b, *b, *b, *b, *b, *b]}}\n`,
      /YAML|MLmodel/,
    ],
    ['with a key that comes twice', 'flavors: {}\nflavors: {sklearn: {}}\n', /YAML/],
    ['of question marks', `${'? '.repeat(300_000)}`, /YAML|no flavors/],
    ['of quotation marks', `flavors: ${'"'.repeat(500_001)}`, /YAML/],
    ['of block scalars', `flavors:\n${'  |\n'.repeat(200_000)}`, /YAML|no flavors/],
    ['of hyphens', '- '.repeat(400_000), /YAML|no flavors/],
    ['of comments', `${'# x\n'.repeat(250_000)}flavors: 1\n`, /no flavors/],
  ];

  test.each(TEXTS)(
    '%s fails its version alone, and soon',
    async (_what, text, told) => {
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MIB);
      answer(
        () => ({
          files: [
            { path: 'MLmodel', file_size: Buffer.byteLength(text) },
            { path: 'model.pkl', file_size: 5 },
            { path: 'tf/saved_model.pb', file_size: 5 },
          ],
        }),
        (_request, response) => void response.end(text),
      );
      expect(await refusal(prepare('MLflow', { sagemaker_deploy_model_data: 'archive' }), 10_000)).toMatch(told);
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      tried('hostile', 1);
    },
    30_000,
  );

  test('of generated YAML is refused or taken, and soon', async () => {
    const piece = fc.constantFrom(
      'flavors:',
      'sklearn:',
      '&a ',
      '*a ',
      '!!binary ',
      '!<x> ',
      '- ',
      '? ',
      ': ',
      '|',
      '>',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '\n',
      '\n  ',
      '  ',
      '#',
      '%YAML 1.2',
      '---',
      '...',
      '<<: ',
      '\t',
      '\u2028',
      '\ufeff',
      '0o7',
      '.inf',
      '2026-11-26',
      'x',
    );
    const texts = fc.sample(fc.array(piece, { maxLength: 60 }), { numRuns: sized(100, 5_000), seed: 20261126 });
    for (const text of texts.map((pieces) => pieces.join(''))) {
      const bytes = Buffer.from(text);
      answer(
        () => ({ files: [{ path: 'MLmodel', file_size: bytes.length }] }),
        (_request, response) => void response.end(bytes),
      );
      await refusal(prepare(), 10_000);
    }
    tried('hostile', texts.length);
  }, 600_000);
});

describe('what a registry answers', () => {
  test.each<[string, Send, string]>([
    [
      'a page for people',
      (_request, response) => void response.end('<html>\u001b[2J please log in'),
      'did not answer JSON',
    ],
    [
      'a refusal that is a megabyte of control characters',
      (_request, response) =>
        json(response, { error_code: 'INVALID_PARAMETER_VALUE', message: '\u001b[2J\u0007'.repeat(MIB / 8) }, 400),
      'answered 400',
    ],
    [
      'entries that are no entries',
      (_request, response) => json(response, { files: [{ path: { toString: 'x' } }] }),
      'unknown shape',
    ],
    [
      'a size that is none',
      (_request, response) => json(response, { files: [{ path: 'MLmodel', file_size: -5 }] }),
      'file_size',
    ],
    [
      'a size beyond all numbers',
      (_request, response) => void response.end('{"files": [{"path": "MLmodel", "file_size": 1e999}]}'),
      'file_size',
    ],
    [
      'a size with a part of a byte',
      (_request, response) => json(response, { files: [{ path: 'MLmodel', file_size: 1.5 }] }),
      'file_size',
    ],
    [
      'JSON that is deep',
      (_request, response) => void response.end(`{"files": ${'['.repeat(MIB)}`),
      'did not answer JSON',
    ],
  ])('%s is refused, and said in few words', async (_what, send, told) => {
    server.answer = (request, response, url) =>
      url.pathname.endsWith('/get-download-uri')
        ? json(response, { artifact_uri: 'file:///x' })
        : send(request, response);
    expect(await refusal(prepare())).toContain(told);
    tried('hostile', 1);
  });
});

describe('what is packed', () => {
  let sink: TestSink;
  let around: string;
  let archives = 0;
  beforeAll(async () => {
    sink = await startTestSink();
    around = mkdtempSync(join(tmpdir(), 'hostile-'));
  });
  afterAll(async () => {
    await sink.close();
    rmSync(around, { recursive: true, force: true });
  });

  /** Packs files and has GNU tar unpack them; gives what is in the folder, and sees that nothing is beside it. */
  async function unpacked(files: Record<string, Buffer>): Promise<Map<string, Buffer>> {
    const key = `archive-${++archives}.tar.gz`;
    const target = { bucket: sink.bucket, key };
    await packArchive({
      entries: entriesOf(files),
      open: opener(files),
      client: sink.client,
      target,
      stop: new AbortController().signal,
    });
    const room = join(around, String(archives));
    const folder = join(room, 'inside');
    mkdirSync(folder, { recursive: true });
    const archive = join(room, 'archive.tar.gz');
    writeFileSync(archive, (await sink.read(key)) ?? '');
    await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', folder], {
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    expect(readdirSync(room).sort()).toEqual(['archive.tar.gz', 'inside']);
    const found = new Map<string, Buffer>();
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isDirectory()) {
        expect(entry.isFile()).toBe(true);
        const path = join(entry.parentPath, entry.name);
        found.set(path.slice(folder.length + 1), readFileSync(path));
      }
    }
    rmSync(room, { recursive: true, force: true });
    return found;
  }

  test('stays apart where names differ by case or normal form alone: endpoints have file systems that tell them apart', async () => {
    const names = [
      'vocab.txt',
      'VOCAB.txt',
      'Vocab.TXT',
      'é.txt',
      'e\u0301.txt',
      'data/Å',
      'data/\u212b',
      'data/A\u030a',
    ];
    const files = Object.fromEntries(names.map((name) => [name, Buffer.from(name)]));
    const found = await unpacked(files);
    expect(new Map(Object.entries(files))).toEqual(found);
    tried('hostile', names.length);
  });

  test('never leaves the folder that it is unpacked into, whatever generated names were let through', async () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        '~',
        '-',
        '--',
        '-rf',
        '*',
        '$(id)',
        '`id`',
        '%2e%2e',
        'C:',
        'NUL',
        'PaxHeader',
        'GNUSparseFile.0',
        '@LongLink',
        ' ',
        '.. ',
        ' ..',
        '...',
        '\u2025',
        '\uff0e\uff0e',
        '\u2215',
        'a',
        'A',
        'é',
        'e\u0301',
        'a:b',
        "'",
        '"',
        '\t',
        '\u00a0',
        '\u202e',
        '\ufeff',
      ),
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.nat({ max: 260 }).map((length) => 'x'.repeat(length)),
    );
    const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
    const paths = fc.sample(path, { numRuns: sized(500, 20_000), seed: 20261126 });
    let packed = 0;
    for (let first = 0; first < paths.length; first += 100) {
      const files: Record<string, Buffer> = {};
      for (const one of paths.slice(first, first + 100)) {
        const more = { ...files, [one]: Buffer.from(one) };
        if (passes(more)) {
          files[one] = Buffer.from(one);
        }
      }
      const found = await unpacked(files);
      expect([...found].filter(([name, bytes]) => !files[name]?.equals(bytes))).toEqual([]);
      expect(found.size).toBe(Object.keys(files).length);
      packed += found.size;
    }
    expect(packed).toBeGreaterThan(paths.length / 5);
    tried('hostile', paths.length);
  }, 600_000);

  function passes(files: Record<string, Buffer>): boolean {
    try {
      checkEntryNames(entriesOf(files));
      return true;
    } catch {
      return false;
    }
  }
});
