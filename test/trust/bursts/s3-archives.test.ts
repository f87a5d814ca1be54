import { TransientError } from '../../../lambda/shared/errors';
import { sized, tried } from '../../../trust/sizes';
import { random } from '../../support/random';
import { s3Fault } from '../../support/wire/faulty-proxy';
import { type Faults, only, startFaultyS3 } from '../../support/wire/faulty-s3';

const s3 = startFaultyS3();

describe('S3', () => {
  const UPLOADING = ['CreateMultipartUpload', 'UploadPart', 'ListParts', 'CompleteMultipartUpload'];

  test.each(UPLOADING)(
    'that has no time for %s is asked again, to a whole archive',
    async (operation) => {
      const faults = [s3Fault('InternalError', 500), s3Fault('SlowDown', 503), s3Fault('ServiceUnavailable', 503)];
      const some = faults.slice(0, sized(1, 3));
      for (const fault of some) {
        expect(await s3.packWith(only(operation, 2, fault))).toBeUndefined();
        expect(s3.asked(operation)).toBeGreaterThanOrEqual(3);
        expect(await s3.openUploads()).toEqual([]);
      }
      tried('bursts', some.length);
    },
    60_000,
  );

  test('that says 200 and then an error where an archive should appear has not made it', async () => {
    // Its answer begins before it is done (API_CompleteMultipartUpload).
    for (const code of ['InternalError', 'SlowDown'].slice(0, sized(1, 2))) {
      expect(await s3.packWith(only('CompleteMultipartUpload', 2, s3Fault(code, 200)))).toBeUndefined();
      expect(s3.asked('CompleteMultipartUpload')).toBe(3);
      expect(await s3.openUploads()).toEqual([]);
    }
    const error = await s3.packWith(only('CompleteMultipartUpload', 100, s3Fault('InternalError', 200)));
    expect(error).toBeInstanceOf(TransientError);
    expect(s3.asked('CompleteMultipartUpload')).toBe(6);
    tried('bursts', 3);
  }, 600_000);

  test('whose word that the archive is there was lost is believed when the archive is there', async () => {
    for (const fault of [s3Fault('InternalError', 500, 'after'), s3Fault('InternalError', 200, 'after')]) {
      expect(await s3.packWith(only('CompleteMultipartUpload', 1, fault))).toBeUndefined();
      expect(await s3.openUploads()).toEqual([]);
    }
    // But not when it is not.
    const gone = s3Fault('NoSuchUpload', 404);
    const error = await s3.packWith(only('CompleteMultipartUpload', 100, gone));
    expect(error).toMatchObject({ name: 'NoSuchUpload' });
    expect(await s3.openUploads()).toEqual([]);
    tried('bursts', 3);
  }, 300_000);

  test('whose answers to parts were lost gets them once more, and nothing twice', async () => {
    expect(
      await s3.packWith((operation, nth) =>
        operation === 'UploadPart' && nth % 2 === 1 ? s3Fault('InternalError', 500, 'after') : undefined,
      ),
    ).toBeUndefined();
    expect(await s3.openUploads()).toEqual([]);
    tried('bursts', 1);
  }, 300_000);

  test('that has no time for ever is asked a few times; what came of it is handed on, or nothing stays', async () => {
    // Before the first part is there nothing is worth keeping.
    const fault = sized(1, 2) === 1 ? s3Fault('InternalError', 500) : s3Fault('SlowDown', 503);
    const first = await s3.packWith(only('UploadPart', Number.POSITIVE_INFINITY, fault));
    expect(first).toBeInstanceOf(TransientError);
    expect(s3.asked('UploadPart')).toBeLessThanOrEqual(3 * 6);
    expect(await s3.openUploads()).toEqual([]);
    const begun = await s3.packWith(
      only('CreateMultipartUpload', Number.POSITIVE_INFINITY, s3Fault('InternalError', 500)),
    );
    expect(begun).toBeInstanceOf(TransientError);
    expect(s3.asked('CreateMultipartUpload')).toBe(6);
    tried('bursts', 2);
  }, 600_000);

  test.each<[string, number]>([
    ['AccessDenied', 403],
    ['InvalidRequest', 400],
    ['NoSuchBucket', 404],
    ['EntityTooSmall', 400],
  ])(
    'that refuses by %s is asked once, and nothing stays',
    async (code, status) => {
      const operations = UPLOADING.slice(-sized(1, 4));
      for (const operation of operations) {
        const error = await s3.packWith(only(operation, Number.POSITIVE_INFINITY, s3Fault(code, status)));
        expect(error).not.toBeInstanceOf(TransientError);
        expect(error).toMatchObject({ name: code });
        // Parts are sent several at once.
        expect(s3.asked(operation)).toBeLessThanOrEqual(operation === 'UploadPart' ? 3 : 1);
        expect(await s3.openUploads()).toEqual([]);
      }
      tried('bursts', operations.length);
    },
    60_000,
  );

  test('with a tenth of its answers lost at random gets whole archives', async () => {
    const runs = sized(2, 60);
    for (let seed = 1; seed <= runs; seed++) {
      const next = random(seed);
      const faults: Faults = () => {
        const at = next();
        const fault = [s3Fault('InternalError', 500), s3Fault('SlowDown', 503), s3Fault('InternalError', 500, 'after')];
        // Of an upload that was begun unheard nobody can know.
        return at < 0.1 ? fault[Math.floor(at * 20)] : undefined;
      };
      expect(await s3.packWith(faults)).toBeUndefined();
      expect(await s3.openUploads()).toEqual([]);
    }
    tried('bursts', runs);
  }, 1_800_000);
});
