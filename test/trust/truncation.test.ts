import { Readable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { Checkpoint } from '../../lambda/create/archive/pack-archive';
import { type Placed, placeFiles } from '../../lambda/create/place-files';
import { Images } from '../../lambda/shared/images/images';
import { archiveKey } from '../../lambda/shared/packing/content-key';
import { type PreparedPackage, preparePackage } from '../../lambda/shared/packing/prepare';
import { RETRIES } from '../../lambda/shared/registry/read-file';
import type { ModelRegistry } from '../../lambda/shared/registry/registry';
import { sized, tried } from '../../trust/sizes';
import { sampleBytes } from '../support/archive/files';
import { startTestSink, type TestSink } from '../support/archive/sink';
import { startFakeServer } from '../support/fake-server';
import { modelVersion } from '../support/versions';
import { FolderServer, WAYS, type Way } from '../support/wire/folder-server';
import type { Sending } from '../support/wire/send-file';

const MIB = 1024 * 1024;
const MLMODEL = 'flavors:\n  sklearn:\n    pickled_model: model.pkl\n    sklearn_version: 1.9.1\nmodel_uuid: 0123\n';
const AT_ONCE = 16;
const HASTY = { ...RETRIES, firstWaitMs: 1 };

const http = startFakeServer();
const server = new FolderServer(http);
const images = new Images('us-east-1', {});
let sink: TestSink;
let cases = 0;

beforeAll(async () => {
  sink = await startTestSink();
});
afterAll(() => sink.close());

/** One version whose model file comes as the case says. */
interface Case {
  readonly way: Way;
  readonly what: string;
  readonly bytes: Buffer;
  /** Listed size of the model file. @default its own */
  readonly listed?: number;
  /** How the n-th answer with bytes of the model file differs from a good one, from 1 on. */
  readonly sends: (nth: number) => Partial<Sending>;
  readonly mlmodel?: (nth: number) => Partial<Sending>;
  /** `whole`: it must arrive; `refused`: it must not; `either`: whole or not at all. */
  readonly expected: 'whole' | 'refused' | 'either';
  readonly reason?: RegExp;
}

/** The version's files as they come from one of the ways when nothing is wrong with it. */
function goodSending(way: Way, bytes: Buffer): Sending {
  // S3 behind MLflow: no length, no ranges, no entity tag that means something.
  return way === 'through MLflow'
    ? { bytes, ranges: false, length: 'chunked' }
    : { bytes, ranges: true, length: 'said', etag: '"v1"' };
}

/** Serves a case, and gives its registry and version. */
function serve({ way, bytes, listed = bytes.length, sends, mlmodel = () => ({}) }: Case) {
  const name = `c${++cases}`;
  const asked = new Map<string, number>();
  const files: Record<string, { bytes: Buffer; sends: (nth: number) => Partial<Sending> }> = {
    MLmodel: { bytes: Buffer.from(MLMODEL), sends: mlmodel },
    'model.pkl': { bytes, sends },
  };
  server.folders.set(name, {
    way,
    listed: () => [
      { path: 'MLmodel', size: MLMODEL.length, etag: '"v1"' },
      { path: 'model.pkl', size: listed, etag: '"v1"' },
    ],
    send: (path) => {
      const nth = (asked.get(path) ?? 0) + 1;
      asked.set(path, nth);
      const file = files[path] ?? { bytes: Buffer.alloc(0), sends: () => ({}) };
      return { ...goodSending(way, file.bytes), ...file.sends(nth) };
    },
  });
  const version = modelVersion({ name, source: `models:/m-${name}`, stage: 'Staging' });
  return { registry: server.registry(way), version };
}

interface Outcome {
  readonly prepared?: PreparedPackage;
  readonly placed?: Placed;
  readonly error?: Error;
}

/** Prepares and places a version, as the step does it, in as many invocations as it is told to go on with. */
async function pack(registry: ModelRegistry, version: ReturnType<typeof modelVersion>, goes = 3): Promise<Outcome> {
  let checkpoint: Checkpoint | undefined;
  let outcome: Outcome = {};
  for (let go = 0; go < goes; go++) {
    try {
      const prepared = await preparePackage(registry, version, images);
      outcome = { prepared };
      const placed = await placeFiles({
        client: sink.client,
        prepared,
        open: (path, position) => registry.openFile(version, path, position),
        bucket: sink.bucket,
        groupName: version.name,
        checkpoint,
        stop: new AbortController().signal,
        retries: HASTY,
      });
      if (placed.outcome !== 'paused') {
        return { prepared, placed };
      }
      outcome = { prepared, placed };
      checkpoint = JSON.parse(JSON.stringify(placed.checkpoint)) as Checkpoint;
    } catch (error) {
      return { ...outcome, error: error as Error };
    }
  }
  return outcome;
}

/** Files in an archive, by their names. */
async function filesIn(archive: Buffer): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const entry of Readable.from([archive]).pipe(createGunzip()).pipe(extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}

/** What is wrong with what became of a case; undefined where all is as it has to be. */
async function faultOf(one: Case): Promise<string | undefined> {
  const { registry, version } = serve(one);
  const { prepared, placed, error } = await pack(registry, version);
  const archives: Buffer[] = [];
  const key = prepared && archiveKey(version.name, prepared.contentKey);
  const archive = key === undefined ? undefined : await sink.read(key);
  if (archive !== undefined) {
    archives.push(archive);
  }
  const open = [...sink.uploads.values()].filter((uploaded) => uploaded.startsWith(`models/${version.name}/`));
  const said = `${error?.name ?? ''}: ${error?.message ?? placed?.outcome}`;
  if (archive === undefined && error === undefined) {
    return `no archive and no error (${said})`;
  }
  if (archive !== undefined) {
    const files = await filesIn(archive);
    const same =
      error === undefined &&
      files.get('model/model.pkl')?.equals(one.bytes) &&
      files.get('model/MLmodel')?.toString() === MLMODEL &&
      files.size === prepared?.packaging.entries.length;
    return same && one.expected !== 'refused' ? noneOpen(open) : `an archive that must not be there (${said})`;
  }
  if (one.expected === 'whole') {
    return `no archive (${said})`;
  }
  if (!/^(RefusedError|TransientError)$/.test(error?.name ?? '') || !(one.reason ?? /./).test(said)) {
    return `another error: ${said}`;
  }
  return noneOpen(open);
}

function noneOpen(uploads: readonly string[]): string | undefined {
  return uploads.length === 0 ? undefined : `uploads left open: ${uploads.join(', ')}`;
}

/** Tries all cases, several at once, and says what was wrong with which. */
async function tryAll(all: readonly Case[]): Promise<void> {
  const faults: string[] = [];
  const queue = all[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const fault = await faultOf(next.value);
      if (fault !== undefined) {
        faults.push(`${next.value.way}, ${next.value.what}: ${fault}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  expect(faults).toEqual([]);
  tried('truncation', all.length);
}

/** Every so many-th of them, so that all kinds are among the few. */
function some<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / count);
  return Array.from({ length: Math.min(count, all.length) }, (_, index) => all[Math.floor(index * step)] as T);
}

/** Sizes around the blocks of a tar, the chunks of the compressor and the records of GNU tar. */
const SIZES = [1, 2, 511, 512, 513, 1024, 10_240, 70_000, MIB - 512, MIB, MIB + 1];

function cutsOf(size: number): number[] {
  const positions = [0, 1, Math.floor(size / 2), size - 1, 511, 512, 1024, 9 * 512, 10_240, size - 512, size];
  return [...new Set(positions.filter((at) => at >= 0 && at <= size))];
}

test('a download that is cut, anywhere, in any form, once or always, makes a whole archive or none', async () => {
  const all: Case[] = [];
  for (const way of WAYS) {
    for (const size of SIZES) {
      const bytes = sampleBytes(size, size % 2 === 0 ? 'noise' : 'text', size % 251);
      for (const at of cutsOf(size)) {
        for (const how of ['cut', 'end'] as const) {
          for (const length of ['said', 'chunked', 'closed'] as const) {
            // S3 has ranges.
            for (const ranges of way === 'from S3' ? [true] : [true, false]) {
              const stop = { at, how };
              const what = `${size} bytes that ${how} at ${at}, length ${length}, ${ranges ? '' : 'no '}ranges`;
              const form = { way, bytes };
              all.push(
                {
                  ...form,
                  what: `${what}, once`,
                  sends: (nth) => ({ length, ranges, ...(nth === 1 ? { stop } : {}) }),
                  expected: 'whole',
                },
                {
                  ...form,
                  what: `${what}, always`,
                  sends: () => ({ length, ranges, stop }),
                  expected: at < size ? 'refused' : 'either',
                },
              );
            }
          }
        }
      }
    }
  }
  await tryAll(some(all, sized(80, 4_000)));
}, 600_000);

test('a size other than the listed one, more or less, makes no archive', async () => {
  const all: Case[] = [];
  for (const way of WAYS) {
    for (const size of SIZES) {
      const bytes = sampleBytes(size, 'noise', size % 251);
      for (const listed of [0, size - 1, size + 1, size + 512, 2 * size, Math.max(0, size - 512)]) {
        for (const length of ['said', 'chunked', 'closed'] as const) {
          for (const ranges of [true, false]) {
            // Also where the connection breaks right behind what was listed.
            for (const stop of [undefined, { at: listed, how: 'cut' as const }]) {
              const what = `${size} bytes, listed with ${listed}, length ${length}, ranges ${ranges}, cut ${stop !== undefined}`;
              const sends = () => ({ length, ranges, ...(stop && listed <= size ? { stop } : {}) });
              // Where nothing but the connection's end ends a file, nobody can see that it was longer.
              if (listed !== size && !(stop !== undefined && length === 'closed')) {
                all.push({ way, what, bytes, listed, sends, expected: 'refused' });
              }
            }
          }
        }
      }
    }
  }
  await tryAll(some(all, sized(40, 2_000)));
}, 600_000);

test('bytes in a coding that nobody asked for are not packed, also where their number is the listed one', async () => {
  const bytes = sampleBytes(5_000, 'text');
  const coded = gzipSync(bytes);
  const ways = WAYS.filter((way) => way !== 'from S3');
  await tryAll(
    ways.flatMap((way) =>
      [coded.length, bytes.length].map((listed): Case => {
        const what = `gzip, listed with ${listed}`;
        return {
          way,
          what,
          bytes,
          listed,
          sends: () => ({ bytes: coded, coding: 'gzip' }),
          expected: 'refused',
          reason: /coding "gzip"/,
        };
      }),
    ),
  );
});

describe('a file that becomes another one', () => {
  const bytes = sampleBytes(100_000, 'noise', 1);
  const other = sampleBytes(100_000, 'noise', 2);
  const half = { at: 50_000, how: 'cut' as const };

  test('between two parts of a download is not packed, with and without ranges', async () => {
    const ways = WAYS.filter((way) => way !== 'through MLflow');
    await tryAll(
      ways.flatMap((way) =>
        [true, false].map((ranges): Case => {
          const sends = (nth: number) =>
            nth === 1 ? { ranges, stop: half } : { ranges: ranges && way !== 'from S3', bytes: other, etag: '"v2"' };
          return { way, what: `ranges ${ranges}`, bytes, sends, expected: 'refused', reason: /changed/ };
        }),
      ),
    );
  });

  test('after S3 has listed it is not packed', async () => {
    const sends = () => ({ bytes: other, etag: '"v2"' });
    await tryAll([{ way: 'from S3', what: 'overwritten', bytes, sends, expected: 'refused', reason: /changed/ }]);
  });

  test('with its whole model, which was logged again while it was packed, is not packed', async () => {
    const again = Buffer.from(MLMODEL.replace('0123', '4567'));
    await tryAll(
      WAYS.flatMap((way) =>
        [2, 3].map((from): Case => {
          // S3 would show it by its entity tag; here even that is the same.
          const mlmodel = (nth: number) => (nth < from ? {} : { bytes: again });
          const sends = () => ({ bytes: other });
          const what = `MLmodel another one from answer ${from} on`;
          const expected = from === 2 ? 'refused' : 'either';
          return {
            way,
            what,
            bytes: other,
            sends,
            mlmodel,
            expected,
            ...(from === 2 ? { reason: /MLmodel changed/ } : {}),
          };
        }),
      ),
    );
  });

  test('between two invocations is not gone on with, where the store tells them apart', async () => {
    const large = sampleBytes(20 * MIB, 'noise', 3);
    const changed = sampleBytes(20 * MIB, 'noise', 4);
    const ways = WAYS.filter((way) => way !== 'through MLflow');
    await tryAll(
      some(ways, sized(1, ways.length)).map((way): Case => {
        // As often as the first invocation tries: then it hands over.
        const sends = (nth: number) =>
          nth <= HASTY.fruitless
            ? { stop: { at: 12 * MIB, how: 'cut' as const } }
            : { bytes: changed, etag: '"v2"', ranges: way !== 'from S3' };
        return {
          way,
          what: 'another file in the next invocation',
          bytes: large,
          sends,
          expected: 'refused',
          reason: /changed/,
        };
      }),
    );
  }, 120_000);
});

test('what one invocation leaves is gone on with to a whole archive by the next', async () => {
  const large = sampleBytes(20 * MIB, 'noise', 5);
  const cut = { at: 12 * MIB, how: 'cut' as const };
  const all = WAYS.flatMap((way) =>
    // S3 has ranges.
    (way === 'from S3' ? [true] : [true, false]).map((ranges): Case => {
      const sends = (nth: number) => ({ ranges, ...(nth <= HASTY.fruitless ? { stop: cut } : {}) });
      return { way, what: `cut at 12 MiB, ranges ${ranges}`, bytes: large, sends, expected: 'whole' };
    }),
  );
  await tryAll(some(all, sized(2, all.length)));
}, 120_000);

test('a truncated MLmodel is not read as one that has less in it', async () => {
  const bytes = sampleBytes(1000, 'noise');
  await tryAll(
    WAYS.flatMap((way) =>
      some([0, 1, 10, 60, MLMODEL.length - 1], sized(2, 5)).map((at): Case => {
        const mlmodel = () => ({ length: 'chunked' as const, stop: { at, how: 'end' as const } });
        return {
          way,
          what: `MLmodel ends at ${at}`,
          bytes,
          sends: () => ({}),
          mlmodel,
          expected: 'refused',
          reason: /MLmodel/,
        };
      }),
    ),
  );
}, 120_000);
