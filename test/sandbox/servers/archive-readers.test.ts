import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packArchive } from '../../../lambda/create/archive/pack-archive';
import { padding, TAR_END, tarHeader } from '../../../lambda/create/archive/tar/tar-header';
import type { ArchiveEntry } from '../../../lambda/shared/packing/archive-entry';
import { sized, tried } from '../../../trust/sizes';
import { entriesOf, opener, sampleBytes } from '../../support/archive/files';
import { READERS, type Seen, sha256 } from '../../support/archive/readers/readers';
import { startTestSink, type TestSink } from '../../support/archive/sink';

jest.setTimeout(300_000);

const MIB = 1024 * 1024;
/** Beyond what a plain header's size field holds. */
const LARGE = 8 * 1024 ** 3 + 5;
const MANY = sized(5_000, 100_000);

const FILES: Record<string, Buffer> = {
  MLmodel: Buffer.from('flavors: {}\n'),
  'data/empty': Buffer.alloc(0),
  'data/one block': sampleBytes(512, 'text'),
  [`data/${'d'.repeat(150)}/${'f'.repeat(90)}.bin`]: sampleBytes(70_000, 'text'),
  [`data/${'n'.repeat(250)}`]: sampleBytes(3, 'noise'),
  [`${'deep/'.repeat(60)}leaf`]: sampleBytes(10, 'text'),
  'Schlüssel/模型 🚀.bin': sampleBytes(100_000, 'noise'),
  'weights.bin': sampleBytes(12 * MIB + 1, 'noise'),
  'words.txt': sampleBytes(3 * MIB - 7, 'text'),
};
// Names that differ by case or normal form alone: endpoints have file systems that tell them apart.
for (const name of ['vocab', 'VOCAB', 'é', 'e\u0301', 'Å', '\u212b', 'A\u030a']) {
  FILES[`alike/${name}.txt`] = Buffer.from(name);
}
const FOLDER: ArchiveEntry = { path: 'assets/', content: '' };

let sink: TestSink;
let folder: string;
const [various, many, sparse] = ['various.tar.gz', 'many.tar.gz', 'sparse.tar'];

async function pack(name: string, entries: readonly ArchiveEntry[], files: Record<string, Buffer>): Promise<void> {
  const target = { bucket: sink.bucket, key: name };
  await packArchive({ entries, open: opener(files), client: sink.client, target, stop: new AbortController().signal });
  await writeFile(join(folder, name), (await sink.read(name)) as Buffer);
}

/** A tar of a file of more than 8 GiB, which takes no room: its bytes are a hole. */
async function writeSparse(name: string): Promise<void> {
  const file = await open(join(folder, name), 'w');
  const header = tarHeader('weights.bin', LARGE);
  await file.write(header, 0, header.length, 0);
  const after = header.length + LARGE + padding(LARGE).length;
  const rest = Buffer.concat([tarHeader('MLmodel', 0), TAR_END]);
  await file.write(rest, 0, rest.length, after);
  await file.close();
}

beforeAll(async () => {
  sink = await startTestSink();
  folder = await mkdtemp(join(tmpdir(), 'archives-'));
  await pack(various, [...entriesOf(FILES), FOLDER], FILES);
  const small = Object.fromEntries(
    Array.from({ length: MANY }, (_, index) => [`${index % 100}/${index}.txt`, Buffer.from(String(index))]),
  );
  await pack(many, entriesOf(small), small);
  await writeSparse(sparse);
});
afterAll(async () => {
  await sink?.close();
  await rm(folder, { recursive: true, force: true });
});

const sorted = (seen: readonly Seen[]) => [...seen].sort(([a], [b]) => (a < b ? -1 : 1));

// One that is not installed is skipped by its name.
for (const { name, installed, read, list } of READERS) {
  describe(name, () => {
    const each = installed ? test : test.skip;

    each('reads names of every kind, empty files and folders, and every byte', async () => {
      const expected = Object.entries(FILES).map(([path, bytes]): Seen => [path, 'file', bytes.length, sha256(bytes)]);
      const all = [...expected, ['assets', 'folder', 0, sha256(Buffer.alloc(0))] as const];
      expect(sorted(await read(join(folder, various)))).toEqual(sorted(all));
    });

    each(`reads ${MANY} files`, async () => {
      const seen = await read(join(folder, many));
      expect(seen).toHaveLength(MANY);
      expect(seen.every(([path, , , hash]) => hash === sha256(Buffer.from(/(\d+)\.txt$/.exec(path)?.[1] ?? '')))).toBe(
        true,
      );
      tried('archives', MANY);
    });

    each('knows the size of a file above 8 GiB, and what follows it', async () => {
      expect(await list(join(folder, sparse))).toEqual([
        ['weights.bin', LARGE],
        ['MLmodel', 0],
      ]);
    });
  });
}
