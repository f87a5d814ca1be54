import { crc32 } from 'node:zlib';
import { ListPartsCommand, type S3Client } from '@aws-sdk/client-s3';
import { combineCrc32 } from '../../../../lambda/create/archive/checksum/combine';
import { exists, MultipartUpload } from '../../../../lambda/create/archive/upload/multipart';
import { startTestSink, type TestSink, watched } from '../../../support/archive/sink';

const PART_BYTES = 5 * 1024;
const CONTENTS = [1, 2, 3, 4].map((number) => Buffer.alloc(PART_BYTES, `part ${number}`));
const CHECKSUMS = CONTENTS.map((bytes) => crc32(bytes, 0));

let sink: TestSink;
let keys = 0;

beforeAll(async () => {
  sink = await startTestSink(PART_BYTES);
});
afterAll(() => sink.close());

/** A key as no group of this project has it, but as S3 allows it. */
function nextTarget() {
  keys++;
  return { bucket: sink.bucket, key: `models/a b+c/${keys}?/模型.tar.gz` };
}

const begin = (target = nextTarget(), client = sink.client) => MultipartUpload.begin(client, target);

const put = (upload: MultipartUpload, number: number) =>
  upload.put({ number, bytes: CONTENTS[number - 1] as Buffer, crc: CHECKSUMS[number - 1] as number });

/** What is to come of the first parts. */
const whole = (parts: number) => ({
  parts,
  bytes: parts * PART_BYTES,
  crc: CHECKSUMS.slice(0, parts).reduce((crc, next) => combineCrc32(crc, next, PART_BYTES), 0),
});

async function holds(key: string, parts: number): Promise<boolean> {
  const bytes = await sink.read(key);
  return bytes?.equals(Buffer.concat(CONTENTS.slice(0, parts))) ?? false;
}

async function isOpen(Key: string, UploadId: string): Promise<boolean> {
  const listed = sink.client.send(new ListPartsCommand({ Bucket: sink.bucket, Key, UploadId }));
  return listed.then(
    () => true,
    () => false,
  );
}

describe('an object', () => {
  test('arrives whole, in whatever order its parts come', async () => {
    const target = nextTarget();
    const upload = await begin(target);
    await Promise.all([3, 1, 2].map((number) => put(upload, number)));
    await upload.complete(whole(3));
    expect(await holds(target.key, 3)).toBe(true);
  });

  test('is gone on with by what it says of itself, and a part that is sent again replaces the one that was', async () => {
    const target = nextTarget();
    const begun = await begin(target);
    await put(begun, 1);
    await begun.put({ number: 2, bytes: CONTENTS[3] as Buffer, crc: CHECKSUMS[3] as number });
    await put(begun, 3);
    const upload = new MultipartUpload(sink.client, target, begun.uploadId);
    await put(upload, 2);
    // The third part was sent by a try that did not know of it in the end.
    await upload.complete(whole(2));
    expect(await holds(target.key, 2)).toBe(true);
  });

  test('is a gzip file whose every part S3 checks', async () => {
    const seen: [string, Record<string, unknown>][] = [];
    const upload = await begin(
      nextTarget(),
      watched(sink.client, (name, input) => seen.push([name, input])),
    );
    await expect(upload.put({ number: 1, bytes: CONTENTS[0] as Buffer, crc: 7 })).rejects.toThrow('CRC32');
    expect(seen).toContainEqual([
      'CreateMultipartUploadCommand',
      expect.objectContaining({ ContentType: 'application/gzip' }),
    ]);
  });

  test.each([
    ['another length', { bytes: 1 }],
    ['another checksum', { crc: 7 }],
  ])('does not appear with %s than it should have', async (_what, wrong) => {
    const target = nextTarget();
    const upload = await begin(target);
    await put(upload, 1);
    await expect(upload.complete({ ...whole(1), ...wrong })).rejects.toThrow();
    expect(await sink.read(target.key)).toBeUndefined();
  });

  test('whose parts S3 lists in pages has all of them', async () => {
    const target = nextTarget();
    const pages: unknown[] = [];
    const client = watched(sink.client, (name, input) => {
      if (name === 'ListPartsCommand') {
        pages.push(input.PartNumberMarker);
        input.MaxParts = 1;
      }
    });
    const upload = await begin(target, client);
    await Promise.all([1, 2, 3].map((number) => put(upload, number)));
    await upload.complete(whole(3));
    expect(await holds(target.key, 3)).toBe(true);
    expect(pages).toEqual([undefined, '1', '2']);
  });

  describe('whose completion fails', () => {
    /** Puts the first parts, and completes them or does something else instead; then completing fails. */
    async function complete(parts: number, error: Error, instead?: () => Promise<void>): Promise<void> {
      const target = nextTarget();
      const client: S3Client = Object.assign(Object.create(sink.client) as S3Client, {
        send: async (command: object) => {
          if (command.constructor.name !== 'CompleteMultipartUploadCommand') {
            return sink.client.send(command as never);
          }
          await (instead?.() ?? sink.client.send(command as never));
          throw error;
        },
      });
      const upload = await begin(target, client);
      for (let number = 1; number <= parts; number++) {
        await put(upload, number);
      }
      await upload.complete(whole(parts));
    }

    test.each(['NoSuchUpload', 'PreconditionFailed', 'ConditionalRequestConflict'])(
      'with %s is looked for: an earlier try or another writer may have made it',
      async (name) => {
        const error = Object.assign(new Error(name), { name });
        await expect(complete(2, error)).resolves.toBeUndefined();
        await expect(complete(2, error, async () => undefined)).rejects.toBe(error);
      },
    );

    test('is not looked for after any other error', async () => {
      await expect(complete(2, new Error('denied'))).rejects.toThrow('denied');
    });
  });

  test('of two writers is the one of the first, and the other upload leaves no parts', async () => {
    const target = nextTarget();
    const [first, second] = [await begin(target), await begin(target)];
    await Promise.all([put(first, 1), put(second, 1), put(second, 2)]);
    await first.complete(whole(1));
    await second.complete(whole(2));
    expect(await holds(target.key, 1)).toBe(true);
    expect(await isOpen(target.key, second.uploadId)).toBe(false);
  });

  test('is not taken for missing where S3 does not say so', async () => {
    const client = watched(sink.client, () => {
      throw new Error('denied');
    });
    await expect(exists(client, nextTarget())).rejects.toThrow('denied');
  });

  test('that is given up leaves nothing', async () => {
    const target = nextTarget();
    const upload = await begin(target);
    const { uploadId } = upload;
    expect(await isOpen(target.key, uploadId)).toBe(true);
    await upload.abort();
    expect(await isOpen(target.key, uploadId)).toBe(false);
  });
});
