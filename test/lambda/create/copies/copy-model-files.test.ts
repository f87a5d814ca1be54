import fc from 'fast-check';
import { type Copied, type CopyJob, copyModelFiles } from '../../../../lambda/create/copies/copy-model-files';
import type { CopyLimits } from '../../../../lambda/create/copies/limits';
import { RefusedError, TransientError } from '../../../../lambda/shared/errors';
import type { ArchiveEntry } from '../../../../lambda/shared/packing/archive-entry';
import { FAKE_COPY_MAX, FakeS3 } from '../../../support/fake-s3';

const LIMITS: CopyLimits = { wholeBytesMax: FAKE_COPY_MAX, partBytes: 50, parts: 100, atOnce: 4 };
const FROM = { bucket: 'store', prefix: '1/models/m-1/artifacts/' };
const TO = { bucket: 'archives', prefix: 'models/churn/0123/model/' };
const never = new AbortController().signal;

let s3: FakeS3;
beforeEach(async () => {
  s3 = await FakeS3.start();
});
afterEach(() => s3.stop());

/** Puts files into the store, and gives the job that copies them all below `model/`. */
function jobFor(files: Record<string, string>, over: Partial<CopyJob> = {}): CopyJob {
  const listed = Object.entries(files).map(([path, content]) => {
    const { bytes, etag } = s3.put(FROM.bucket, FROM.prefix + path, content, 'text/html');
    return { path, size: bytes.length, checksum: `etag:${etag}` };
  });
  const entries = listed.map(({ path, size }): ArchiveEntry => ({ path: `model/${path}`, size, source: path }));
  return { client: s3.client(), from: FROM, files: listed, entries, to: TO, stop: never, limits: LIMITS, ...over };
}

/** What is in the folder, as text by name. */
function copied(): Record<string, string> {
  const prefix = `${TO.bucket}/${TO.prefix}`;
  const found = [...s3.objects].filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(found.map(([key, { bytes }]) => [key.slice(prefix.length), bytes.toString()]));
}

const operations = (operation: string) => s3.calls.filter((call) => call.operation === operation);

test('files of the store are copied by S3 itself, and texts are put beside them', async () => {
  const job = jobFor({ MLmodel: 'flavors: {}', 'data/model.skops': 'weights' });
  const script = { path: 'code/inference.py', content: 'print("ü")' };
  expect(await copyModelFiles({ ...job, entries: [...job.entries, script] })).toEqual({ outcome: 'done' });
  expect(copied()).toEqual({
    'model/MLmodel': 'flavors: {}',
    'model/data/model.skops': 'weights',
    'code/inference.py': 'print("ü")',
  });
  expect(operations('Put').map(({ key }) => key)).toEqual([`${TO.prefix}code/inference.py`]);
});

test('two copies of one folder at the same time make one folder, each file whole', async () => {
  const job = jobFor({ big: '0123456789'.repeat(20), small: 'x' });
  const before = { ...copied() };
  const outcomes = await Promise.all([copyModelFiles(job), copyModelFiles({ ...job, client: s3.client() })]);
  expect([before, outcomes]).toEqual([{}, [{ outcome: 'done' }, { outcome: 'done' }]]);
  expect(copied()).toEqual({ 'model/big': '0123456789'.repeat(20), 'model/small': 'x' });
  expect(s3.uploads.size).toBe(0);
});

test("the store's own metadata and tags stay behind", async () => {
  await copyModelFiles(jobFor({ 'page.html': '<html>' }));
  const [copy] = operations('Copy');
  expect(copy?.headers).toMatchObject({ 'x-amz-metadata-directive': 'REPLACE', 'x-amz-tagging-directive': 'REPLACE' });
  expect(s3.objects.get(`${TO.bucket}/${TO.prefix}model/page.html`)?.contentType).toBe('application/octet-stream');
});

test('a file that is larger than one copy takes is copied in parts, byte for byte', async () => {
  const content = Array.from({ length: 123 }, (_, index) => index % 10).join('');
  expect(await copyModelFiles(jobFor({ big: content, small: 'x' }))).toEqual({ outcome: 'done' });
  expect(copied()).toEqual({ 'model/big': content, 'model/small': 'x' });
  const ranges = operations('CopyPart').map(({ headers }) => headers['x-amz-copy-source-range']);
  expect(ranges.sort()).toEqual(['bytes=0-49', 'bytes=100-122', 'bytes=50-99']);
  expect(s3.uploads.size).toBe(0);
});

test('parts grow where a file would have more of them than S3 takes', async () => {
  const content = 'x'.repeat(401);
  await copyModelFiles(jobFor({ big: content }, { limits: { ...LIMITS, parts: 4 } }));
  expect(operations('CopyPart')).toHaveLength(4);
  expect(copied()).toEqual({ 'model/big': content });
});

test('parts are of one object also where the listing tells no entity tag', async () => {
  const job = jobFor({ big: 'x'.repeat(100) });
  const files = job.files.map(({ path, size }) => ({ path, size }));
  await copyModelFiles({ ...job, files });
  const tags = operations('CopyPart').map(({ headers }) => headers['x-amz-copy-source-if-match']);
  expect(tags).toEqual([expect.stringMatching(/^"/), tags[0]]);
});

test('names that HTTP would read otherwise arrive as they are', async () => {
  const part = fc
    .oneof(
      fc.constantFrom(
        'a b',
        'a+b',
        '%2B',
        '100%',
        'a?versionId=b',
        'ü',
        '模型',
        '#',
        '&amp;',
        "it's",
        'a=b',
        '~',
        '(1)',
      ),
      fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
    )
    // What no entry may be called is refused before; the fake's own listing needs XML's characters.
    .filter((text) => !/[\p{Cc}\\/\ufffe\uffff]/u.test(text) && text.isWellFormed() && !/^\.*$/.test(text.trim()))
    .filter((text) => !/^[a-zA-Z]:/.test(text));
  const paths = fc.uniqueArray(
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
    {
      minLength: 1,
      maxLength: 8,
    },
  );
  await fc.assert(
    fc.asyncProperty(paths, async (names) => {
      fc.pre(!names.some((name) => names.some((other) => other.startsWith(`${name}/`))));
      s3.objects.clear();
      const files = Object.fromEntries(names.map((name, index) => [name, `${index}`.padEnd(index % 2 ? 90 : 9, '.')]));
      expect(await copyModelFiles(jobFor(files))).toEqual({ outcome: 'done' });
      expect(copied()).toEqual(
        Object.fromEntries(Object.entries(files).map(([name, text]) => [`model/${name}`, text])),
      );
    }),
    { numRuns: 25 },
  );
});

test('what was copied before is found, and nothing is copied twice', async () => {
  const job = jobFor({ a: '1', b: '2'.repeat(100) });
  await copyModelFiles(job);
  s3.calls.length = 0;
  expect(await copyModelFiles(job)).toEqual({ outcome: 'found' });
  expect(s3.calls.map(({ operation }) => operation)).toEqual(['List']);
});

test('a try that broke off is gone on with where it stopped', async () => {
  const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`file-${index}`, `content ${index}`]));
  const job = jobFor(files);
  s3.before = ({ operation }) => {
    if (operation === 'Copy' && copied()['model/file-9'] !== undefined) s3.refuse('SlowDown', 503);
  };
  const first = await copyModelFiles(job);
  expect(first).toMatchObject({ outcome: 'paused', reason: expect.stringContaining('SlowDown') });
  const there = Object.keys(copied()).length;
  s3.before = () => undefined;
  s3.calls.length = 0;
  expect(await copyModelFiles(job)).toEqual({ outcome: 'done' });
  expect(operations('Copy')).toHaveLength(20 - there);
  expect(Object.keys(copied())).toHaveLength(20);
});

test('when the time is over it pauses, and leaves no half upload', async () => {
  const stop = new AbortController();
  const job = jobFor({ a: '1', big: 'x'.repeat(200) }, { stop: stop.signal });
  s3.before = ({ operation }) => {
    if (operation === 'CopyPart') stop.abort();
  };
  const paused: Copied = { outcome: 'paused', reason: 'the time that a function has is over' };
  expect(await copyModelFiles(job)).toEqual(paused);
  expect(copied()).toEqual({ 'model/a': '1' });
  expect(s3.uploads.size).toBe(0);
});

test('a try that got nowhere passes by itself, so that the step is tried again', async () => {
  const job = jobFor({ a: '1' });
  await expect(copyModelFiles({ ...job, stop: AbortSignal.abort() })).rejects.toThrow();
  s3.before = ({ operation }) => (operation === 'Copy' ? s3.refuse('InternalError', 500) : undefined);
  await expect(copyModelFiles(job)).rejects.toThrow('InternalError');
});

test('a file that was written again since it was listed is not taken', async () => {
  const job = jobFor({ a: '1', b: 'x'.repeat(100) });
  s3.put(FROM.bucket, `${FROM.prefix}a`, '2');
  await expect(copyModelFiles(job)).rejects.toThrow(/not the file any more that was listed/);
  expect(copied()).toEqual({});
});

test('a large file that is written again while it is copied is not taken', async () => {
  const job = jobFor({ big: 'x'.repeat(200) });
  s3.before = ({ operation }) => {
    if (operation === 'CreateUpload') s3.put(FROM.bucket, `${FROM.prefix}big`, 'y'.repeat(200));
  };
  await expect(copyModelFiles(job)).rejects.toBeInstanceOf(TransientError);
  expect(s3.uploads.size).toBe(0);
  expect(copied()).toEqual({});
});

test('a file that is gone since it was listed passes by itself: a new try lists again', async () => {
  const job = jobFor({ a: '1' });
  s3.objects.clear();
  const copying = copyModelFiles(job);
  await expect(copying).rejects.toBeInstanceOf(TransientError);
  await expect(copying).rejects.toThrow('s3://store/1/models/m-1/artifacts/a was listed and is not there any more');
});

test('without the right to read the store it is said where that is given', async () => {
  const job = jobFor({ a: '1' });
  s3.before = ({ operation }) => (operation === 'Copy' ? s3.refuse('AccessDenied', 403) : undefined);
  const copying = copyModelFiles(job);
  await expect(copying).rejects.toBeInstanceOf(RefusedError);
  await expect(copying).rejects.toThrow(/s3:\/\/store\/.*a may not be copied: mlflow-mlops:artifact-store/);
});

test('an object that does not belong there would reach the endpoint, so nothing is done', async () => {
  const job = jobFor({ a: '1' });
  s3.put(TO.bucket, `${TO.prefix}code/evil.py`, 'import os');
  await expect(copyModelFiles(job)).rejects.toThrow(
    new RefusedError(
      's3://archives/models/churn/0123/model/code/evil.py is no file of the model: delete it, and sync the model again',
    ),
  );
  expect(operations('Copy')).toEqual([]);
});

test.each([
  ['../up', /"\.\."/],
  ['a/ /b', /blank part/],
  ['x'.repeat(250).concat('/').repeat(4).concat('y'), /key of \d+ bytes/],
])('a name that the folder cannot hold is refused before anything is copied (%#)', async (path, reason) => {
  const job = jobFor({});
  const entries = [{ path, size: 1, source: 'a' }];
  await expect(copyModelFiles({ ...job, entries })).rejects.toThrow(reason);
  expect(s3.calls).toEqual([]);
});

test('however many files there are, few calls are under way at once', async () => {
  const files = Object.fromEntries(Array.from({ length: 230 }, (_, index) => [`shard-${index}`, `${index}`]));
  expect(await copyModelFiles(jobFor(files))).toEqual({ outcome: 'done' });
  expect(Object.keys(copied())).toHaveLength(230);
  expect(s3.underWayMax).toBeLessThanOrEqual(LIMITS.atOnce);
  // Three pages after the work, and one look before it.
  expect(operations('List')).toHaveLength(4);
});
