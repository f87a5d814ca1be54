import { ListPartsCommand, NoSuchUpload, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { combineCrc32 } from '../../../../lambda/create/archive/checksum/combine';
import { crc32 } from '../../../../lambda/create/archive/checksum/crc32';
import type { ArchiveUpload, UploadState } from '../../../../lambda/create/archive/upload/archive-upload';
import { UPLOAD_LIMITS } from '../../../../lambda/create/archive/upload/limits';
import { openUpload } from '../../../../lambda/create/archive/upload/open-upload';
import { startTestSink, type TestSink, watched } from '../../../support/archive/sink';

const PART_BYTES = 5 * 1024;
const LIMITS = { partBytes: PART_BYTES, parts: 3, segmentParts: 2 };
const CONTENTS = [1, 2, 3, 4, 5].map((number) => Buffer.alloc(PART_BYTES, `part ${number}`));
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

function open(target = nextTarget(), parts = 5, state?: UploadState, client = sink.client): Promise<ArchiveUpload> {
  return openUpload(client, target, parts * PART_BYTES, LIMITS, state);
}

const put = (upload: ArchiveUpload, number: number) =>
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

async function isOpen(Key: string, UploadId: string | undefined): Promise<boolean> {
  const listed = sink.client.send(new ListPartsCommand({ Bucket: sink.bucket, Key, UploadId }));
  return listed.then(
    () => true,
    () => false,
  );
}

describe('an object of as many parts as an upload takes', () => {
  test('is one upload', async () => {
    const target = nextTarget();
    const upload = await open(target, 3);
    await Promise.all([3, 1, 2].map((number) => put(upload, number)));
    expect(Object.keys(await upload.state())).toEqual(['uploadId']);
    await upload.complete(whole(3));
    expect(await holds(target.key, 3)).toBe(true);
  });

  test('is gone on with by what it says of itself, and a part that is sent again replaces the one that was', async () => {
    const target = nextTarget();
    const begun = await open(target, 3);
    await put(begun, 1);
    await begun.put({ number: 2, bytes: CONTENTS[4] as Buffer, crc: CHECKSUMS[4] as number });
    await put(begun, 3);
    const upload = await open(target, 3, await begun.state());
    await put(upload, 2);
    // The third part was sent by a try that did not know of it in the end.
    await upload.complete(whole(2));
    expect(await holds(target.key, 2)).toBe(true);
  });

  test('is a gzip file whose every part S3 checks', async () => {
    const seen: [string, Record<string, unknown>][] = [];
    const upload = await open(
      nextTarget(),
      3,
      undefined,
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
    const upload = await open(target, 3);
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
    const upload = await open(target, 3, undefined, client);
    await Promise.all([1, 2, 3].map((number) => put(upload, number)));
    await upload.complete(whole(3));
    expect(await holds(target.key, 3)).toBe(true);
    expect(pages).toEqual([undefined, '1', '2']);
  });

  describe('whose completion S3 does not know of', () => {
    const gone = new NoSuchUpload({ message: 'no such upload', $metadata: {} });

    /** Puts the first parts, completes them, and hears that; then something is in the object's place, and completing fails. */
    async function complete(parts: number, error: Error, instead?: (key: string) => Promise<void>): Promise<void> {
      const target = nextTarget();
      const client: S3Client = Object.assign(Object.create(sink.client) as S3Client, {
        send: async (command: object) => {
          if (command.constructor.name !== 'CompleteMultipartUploadCommand') {
            return sink.client.send(command as never);
          }
          await (instead?.(target.key) ?? sink.client.send(command as never));
          throw error;
        },
      });
      const upload = await open(target, 3, undefined, client);
      for (let number = 1; number <= parts; number++) {
        await put(upload, number);
      }
      await upload.complete(whole(parts));
    }

    test('is there all the same, where the answer to an earlier try was lost', async () => {
      await expect(complete(2, gone)).resolves.toBeUndefined();
    });

    test.each([
      ['is not there', async () => undefined],
      [
        'has another length',
        async (Key: string) => {
          await sink.client.send(new PutObjectCommand({ Bucket: sink.bucket, Key, Body: 'another one' }));
        },
      ],
    ])('is lost where the object %s', async (_what, instead) => {
      await expect(complete(2, gone, instead)).rejects.toThrow('no such upload');
    });

    test('is not looked for after any other error', async () => {
      await expect(complete(2, new Error('denied'))).rejects.toThrow('denied');
    });
  });

  test('that is given up leaves nothing', async () => {
    const target = nextTarget();
    const upload = await open(target, 3);
    const { uploadId } = await upload.state();
    expect(await isOpen(target.key, uploadId)).toBe(true);
    await upload.abort();
    expect(await isOpen(target.key, uploadId)).toBe(false);
  });
});

describe('an object of more parts', () => {
  test.each([
    ['one after the other', false],
    ['several at once', true],
  ])('is put together from segments, which are gone then: parts come %s', async (_how, atOnce) => {
    const target = nextTarget();
    const numbers: unknown[] = [];
    const client = watched(
      sink.client,
      (name, input) => name === 'UploadPartCommand' && numbers.push(input.PartNumber),
    );
    const upload = await open(target, 5, undefined, client);
    const sent: Promise<void>[] = [];
    for (const number of [1, 2, 3, 4, 5]) {
      sent.push(put(upload, number));
      if (!atOnce) {
        await sent.at(-1);
      }
    }
    await Promise.all(sent);
    await upload.complete(whole(5));
    expect(await holds(target.key, 5)).toBe(true);
    // S3 takes no numbers beyond those of one upload.
    expect(numbers.toSorted()).toEqual([1, 1, 1, 2, 2]);
    for (const segment of [1, 2, 3]) {
      expect(await sink.read(`${target.key}.segment-${segment}`)).toBeUndefined();
    }
  });

  test('begins with the first part beyond what one upload takes', async () => {
    const upload = await openUpload(sink.client, nextTarget(), 3 * PART_BYTES + 1, LIMITS);
    expect(Object.keys(await upload.state())).toEqual(['uploadId']);
    await put(upload, 1);
    expect(await upload.state()).toMatchObject({ segment: { index: 0 } });
  });

  test('whose last segment is full has no empty one behind it', async () => {
    const target = nextTarget();
    const upload = await open(target);
    for (const number of [1, 2, 3, 4]) {
      await put(upload, number);
    }
    expect(await upload.state()).toMatchObject({ segment: { index: 1 } });
    await upload.complete(whole(4));
    expect(await holds(target.key, 4)).toBe(true);
  });

  test('ends with its last part, whatever a try sent that did not know of the end', async () => {
    const target = nextTarget();
    const upload = await open(target);
    for (const number of [1, 2, 3, 4, 5]) {
      await put(upload, number);
    }
    await upload.put({ number: 6, bytes: CONTENTS[0] as Buffer, crc: CHECKSUMS[0] as number });
    await upload.complete(whole(5));
    expect(await holds(target.key, 5)).toBe(true);
  });

  test.each([1, 2, 3, 4])('is gone on with after %i parts', async (parts) => {
    const target = nextTarget();
    const begun = await open(target);
    for (let number = 1; number <= parts; number++) {
      await put(begun, number);
    }
    const upload = await open(target, 5, await begun.state());
    for (let number = parts + 1; number <= 5; number++) {
      await put(upload, number);
    }
    await upload.complete(whole(5));
    expect(await holds(target.key, 5)).toBe(true);
  });

  test('that is given up leaves neither its upload nor that of a segment', async () => {
    const target = nextTarget();
    const upload = await open(target);
    await Promise.all([1, 2, 3].map((number) => put(upload, number)));
    const { uploadId, segment } = await upload.state();
    const segmentKey = `${target.key}.segment-2`;
    expect([await isOpen(target.key, uploadId), await isOpen(segmentKey, segment?.uploadId)]).toEqual([true, true]);
    await upload.abort();
    expect([await isOpen(target.key, uploadId), await isOpen(segmentKey, segment?.uploadId)]).toEqual([false, false]);
  });

  test('can be given up before its first part, and after a segment could not be begun', async () => {
    const target = nextTarget();
    const untouched = await open(target);
    await untouched.abort();
    expect(await isOpen(target.key, (await untouched.state()).uploadId)).toBe(false);

    let begun = 0;
    const client = watched(sink.client, (name) => {
      begun += name === 'CreateMultipartUploadCommand' ? 1 : 0;
      if (begun === 2) {
        throw new Error('denied');
      }
    });
    const upload = await open(target, 5, undefined, client);
    await expect(put(upload, 1)).rejects.toThrow('denied');
    begun = 3;
    await upload.abort();
  });
});

test('parts are as S3 takes them, up to the largest object that it has', () => {
  const { partBytes, parts, segmentParts } = UPLOAD_LIMITS;
  expect(partBytes).toBe(8 * 2 ** 20);
  expect(parts).toBeLessThanOrEqual(10_000);
  expect(segmentParts * partBytes).toBeLessThanOrEqual(5 * 2 ** 30);
  expect(parts * segmentParts * partBytes).toBeGreaterThanOrEqual(5 * 2 ** 40);
});
