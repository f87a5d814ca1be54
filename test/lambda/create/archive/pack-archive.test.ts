import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { ListPartsCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Checkpoint, type Packed, packArchive } from '../../../../lambda/create/archive/pack-archive';
import { TransientError } from '../../../../lambda/shared/errors';
import type { OpenFile } from '../../../../lambda/shared/registry/read-file';
import { entriesOf, opener, sampleBytes, streamOf } from '../../../support/archive/files';
import { startTestSink, type TestSink, watched } from '../../../support/archive/sink';

const MIB = 1024 * 1024;
/** Less than S3 takes: a chunk that does not shrink is a part here, so that little data makes many. */
const PART_BYTES = MIB;
const RETRIES = { fruitless: 2, firstWaitMs: 1 };
const never = new AbortController().signal;
const FILES = {
  MLmodel: Buffer.from('flavors: {}\n'),
  'data/weights.bin': sampleBytes(8 * MIB + 77, 'noise'),
  'data/words.txt': sampleBytes(7 * MIB, 'text'),
};

let sink: TestSink;
let keys = 0;

beforeAll(async () => {
  sink = await startTestSink(MIB);
});
afterAll(() => sink.close());

interface Wanted {
  readonly key?: string;
  readonly open?: OpenFile;
  readonly checkpoint?: Checkpoint;
  readonly stop?: AbortSignal;
  readonly files?: Record<string, Buffer>;
  readonly client?: S3Client;
}

function pack({ files = FILES, open = opener(files), stop = never, ...rest }: Wanted): Promise<Packed> {
  const { key = nextKey(), checkpoint, client = sink.client } = rest;
  const target = { bucket: sink.bucket, key };
  return packArchive({
    entries: entriesOf(files),
    open,
    client,
    target,
    checkpoint,
    stop,
    partBytes: PART_BYTES,
    retries: RETRIES,
  });
}

function nextKey(): string {
  keys++;
  return `models/churn/${keys}/model.tar.gz`;
}

/** Gives the files, but breaks for good in the weights once so many bytes of it were given. */
function breakingAfter(bytes: number): OpenFile {
  return async (source, { offset }) => {
    const end = source === 'data/weights.bin' ? bytes : undefined;
    const rest = FILES[source as keyof typeof FILES].subarray(offset, end);
    return { bytes: streamOf(rest, end === undefined ? undefined : new TransientError('connection lost')) };
  };
}

async function uploadIsOpen(key: string, checkpoint: Checkpoint): Promise<boolean> {
  const UploadId = checkpoint.uploadId;
  return sink.client.send(new ListPartsCommand({ Bucket: sink.bucket, Key: key, UploadId })).then(
    () => true,
    () => false,
  );
}

test('an archive of several parts arrives whole, and is the same each time', async () => {
  const [first, second] = [nextKey(), nextKey()];
  expect(await pack({ key: first })).toEqual({ outcome: 'done' });
  await pack({ key: second });
  const archive = (await sink.read(first)) as Buffer;
  const tar = gunzipSync(archive);
  for (const bytes of Object.values(FILES)) {
    expect(tar.includes(bytes)).toBe(true);
  }
  expect(archive.equals((await sink.read(second)) as Buffer)).toBe(true);
}, 60_000);

test('a small archive is one part', async () => {
  const key = nextKey();
  const files = { MLmodel: FILES.MLmodel };
  await pack({ key, files });
  expect(gunzipSync((await sink.read(key)) as Buffer)).toHaveLength(4 * 512);
});

test('a download that breaks for good after some parts is gone on with later, to the same bytes', async () => {
  const key = nextKey();
  const broken = await pack({ key, open: breakingAfter(5 * MIB) });
  expect(broken).toMatchObject({
    outcome: 'paused',
    reason: 'connection lost',
    checkpoint: { progress: { parts: 2 } },
  });
  expect(await sink.read(key)).toBeUndefined();

  const { checkpoint } = broken as { checkpoint: Checkpoint };
  expect(JSON.stringify(checkpoint).length).toBeLessThan(500);
  const opened: [string, number][] = [];
  const open: OpenFile = (source, position) => {
    opened.push([source, position.offset]);
    return opener(FILES)(source, position);
  };
  const passed = JSON.parse(JSON.stringify(checkpoint)) as Checkpoint;
  expect(await pack({ key, checkpoint: passed, open })).toEqual({ outcome: 'done' });
  expect(opened).toContainEqual(['data/weights.bin', checkpoint.progress.tarBytes - 3 * 512]);
  expect(opened.map(([source]) => source)).not.toContain('MLmodel');

  const whole = nextKey();
  await pack({ key: whole });
  expect((await sink.read(key))?.equals((await sink.read(whole)) as Buffer)).toBe(true);
}, 60_000);

test('after a conflict with a deletion the upload is not continued: the next one begins anew', async () => {
  const key = nextKey();
  const client = watched(sink.client, (command) => {
    if (command === 'CompleteMultipartUploadCommand') {
      throw Object.assign(new Error('conflict'), { name: 'ConditionalRequestConflict' });
    }
  });
  await expect(pack({ key, client })).rejects.toMatchObject({ name: 'ConditionalRequestConflict' });
  expect([...sink.uploads.values()]).not.toContain(key);
  expect(await pack({ key })).toEqual({ outcome: 'done' });
}, 60_000);

describe('the entity tag of a file', () => {
  /** Gives each file's beginning with a tag of its own, and notes by which one it was asked for. */
  function tagging(open: OpenFile, asked: [string, number, string | undefined][] = []): OpenFile {
    return async (source, position) => {
      asked.push([source, position.offset, position.etag]);
      return { ...(await open(source, position)), etag: position.offset === 0 ? `"${source}"` : undefined };
    };
  }

  test('that is gone on with is asked for with its rest, and no other one', async () => {
    const key = nextKey();
    const { checkpoint } = (await pack({ key, open: tagging(breakingAfter(5 * MIB)) })) as { checkpoint: Checkpoint };
    expect(checkpoint.etag).toBe('"data/weights.bin"');
    const asked: [string, number, string | undefined][] = [];
    await pack({ key, checkpoint, open: tagging(opener(FILES), asked) });
    expect(asked).toEqual([
      ['data/weights.bin', checkpoint.progress.tarBytes - 3 * 512, '"data/weights.bin"'],
      ['data/words.txt', 0, undefined],
    ]);
  }, 60_000);

  test.each([
    ['begins', 3 * MIB - 1_024],
    ['has ended', 3 * MIB - 512],
  ])('is not kept where one that %s is the next', async (_what, bytes) => {
    const files = { 'a.bin': sampleBytes(bytes, 'noise'), 'b.bin': sampleBytes(9 * MIB, 'noise') };
    const open = tagging(async (source, { offset }) => {
      const broken = source === 'b.bin' ? new TransientError('connection lost') : undefined;
      return {
        bytes: streamOf(files[source as keyof typeof files].subarray(offset, broken && 3 * MIB + 1_000), broken),
      };
    });
    // Three more chunks are taken before the first one is sent.
    const packed = await pack({ files, open });
    expect(packed).toMatchObject({ outcome: 'paused', checkpoint: { progress: { tarBytes: 3 * MIB, parts: 3 } } });
    expect((packed as { checkpoint: Checkpoint }).checkpoint.etag).toBeUndefined();
  });
});

test('in many short goes, it becomes the same archive', async () => {
  const [key, whole] = [nextKey(), nextKey()];
  await pack({ key: whole });
  let checkpoint: Checkpoint | undefined;
  let goes = 0;
  for (
    let packed: Packed = { outcome: 'paused', checkpoint: undefined as never, reason: '' };
    packed.outcome !== 'done';
    goes++
  ) {
    const stop = new AbortController();
    let given = 0;
    // Time is over after 7 MiB.
    const open: OpenFile = async (source, position) => {
      const { bytes } = await opener(FILES)(source, position);
      const counted = async function* () {
        for await (const chunk of bytes) {
          given += chunk.length;
          if (given > 7 * MIB) {
            stop.abort();
          }
          yield chunk;
        }
      };
      return { bytes: Readable.from(counted()) };
    };
    packed = await pack({ key, open, stop: stop.signal, ...(checkpoint ? { checkpoint } : {}) });
    checkpoint =
      packed.outcome === 'paused' ? (JSON.parse(JSON.stringify(packed.checkpoint)) as Checkpoint) : undefined;
  }
  expect(goes).toBeGreaterThan(2);
  expect((await sink.read(key))?.equals((await sink.read(whole)) as Buffer)).toBe(true);
}, 60_000);

test('what passes is thrown when no part came of it, and the upload that was gone on with stays open', async () => {
  const key = nextKey();
  await expect(pack({ key, open: breakingAfter(0) })).rejects.toThrow('connection lost');
  expect([...sink.uploads.values()]).not.toContain(key);
  const { checkpoint } = (await pack({ key, open: breakingAfter(5 * MIB) })) as { checkpoint: Checkpoint };
  await expect(pack({ key, checkpoint, open: breakingAfter(0) })).rejects.toThrow('connection lost');
  expect(await uploadIsOpen(key, checkpoint)).toBe(true);
  expect(await pack({ key, checkpoint })).toEqual({ outcome: 'done' });
  expect(await uploadIsOpen(key, checkpoint)).toBe(false);
}, 60_000);

test.each([
  ['more', 1],
  ['fewer', -1],
])(
  'a file of %s bytes than listed leaves neither object nor upload',
  async (_what, difference) => {
    const key = nextKey();
    const entries = entriesOf(FILES).map((entry) =>
      entry.path === 'data/words.txt' && 'size' in entry ? { ...entry, size: entry.size - difference } : entry,
    );
    const uploads: string[] = [];
    const spied = watched(sink.client, (command) => uploads.push(command));
    const refusing: OpenFile = async (source, position) => {
      const opened = await opener(FILES)(source, position);
      // A server answers 416 to a position at the end of a file.
      return position.offset === FILES[source as keyof typeof FILES].length ? Promise.reject(new Error('416')) : opened;
    };
    const target = { bucket: sink.bucket, key };
    const job = {
      entries,
      open: refusing,
      client: spied,
      target,
      stop: never,
      partBytes: PART_BYTES,
      retries: RETRIES,
    };
    await expect(packArchive(job)).rejects.toThrow(/size mismatch|416/);
    expect(uploads).toContain('AbortMultipartUploadCommand');
    expect(await sink.read(key)).toBeUndefined();
  },
  60_000,
);

test('what does not pass ends the upload that was gone on with', async () => {
  const key = nextKey();
  const { checkpoint } = (await pack({ key, open: breakingAfter(5 * MIB) })) as { checkpoint: Checkpoint };
  const denied = () => Promise.reject(new Error('denied'));
  await expect(pack({ key, checkpoint, open: denied })).rejects.toThrow('denied');
  expect(await uploadIsOpen(key, checkpoint)).toBe(false);
}, 60_000);

describe('an archive that could not be completed, though all its parts are there', () => {
  /** Completes nothing. */
  const busy = () =>
    watched(sink.client, (command) => {
      if (command === 'CompleteMultipartUploadCommand') {
        throw new TransientError('busy');
      }
    });

  test.each([
    ['with a rest in its last part', FILES],
    // With its header and the two blocks that end a tar, four parts and not a byte more.
    ['with nothing but its end in its last part', { 'weights.bin': sampleBytes(4 * MIB - 3 * 512, 'noise') }],
  ])('is the same when it is gone on with, once and again, %s', async (_what, files) => {
    const [key, whole] = [nextKey(), nextKey()];
    await pack({ key: whole, files });
    const first = await pack({ key, files, client: busy() });
    expect(first).toMatchObject({ outcome: 'paused', reason: 'busy' });
    const { checkpoint } = first as { checkpoint: Checkpoint };
    await expect(pack({ key, files, checkpoint, client: busy() })).rejects.toThrow('busy');
    expect(await pack({ key, files, checkpoint })).toEqual({ outcome: 'done' });
    const bytes = (await sink.read(key)) as Buffer;
    expect(bytes.equals((await sink.read(whole)) as Buffer)).toBe(true);
    expect(() => gunzipSync(bytes)).not.toThrow();
  });
});

test('names that no archive may hold are refused before anything is sent', async () => {
  await expect(pack({ files: { '../escape': Buffer.alloc(1) } })).rejects.toThrow('".."');
});

test('an archive that is too large is refused before anything is sent or opened', async () => {
  const sent: string[] = [];
  const open = jest.fn(opener({}));
  const job = {
    entries: [{ path: 'weights.bin', size: 300 * 1024 ** 3, source: 'weights.bin' }],
    open,
    client: watched(sink.client, (command) => sent.push(command)),
    target: { bucket: sink.bucket, key: nextKey() },
    stop: never,
  };
  await expect(packArchive(job)).rejects.toThrow('300.0 GB, and the largest that can be uploaded has 234.4 GB');
  expect([sent, open.mock.calls]).toEqual([[], []]);
});

test('parts have the size that the archive needs', async () => {
  const sizes: unknown[] = [];
  await packArchive({
    entries: entriesOf(FILES),
    open: opener(FILES),
    client: watched(sink.client, (_name, { ContentLength }) => ContentLength && sizes.push(ContentLength)),
    target: { bucket: sink.bucket, key: nextKey() },
    stop: never,
  });
  expect(sizes).toHaveLength(2);
  expect(sizes[0]).toBeGreaterThanOrEqual(8 * MIB);
  expect(sizes[0]).toBeLessThan(9 * MIB + 1024);
}, 60_000);

test('when the time is over before one part was done, that is said', async () => {
  await expect(pack({ stop: AbortSignal.abort() })).rejects.toThrow('not one part was done: the time');
});
