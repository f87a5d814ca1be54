import { sized } from '../../../trust/sizes';
import { sampleBytes } from '../../support/archive/files';
import { HASTY } from '../../support/impatient';
import { some } from '../../support/some';
import { type Case, MLMODEL } from '../../support/wire/download-cases';
import { WAYS } from '../../support/wire/folder-server';
import { startDownloads } from '../../support/wire/try-downloads';

const MIB = 1024 * 1024;
const tryAll = startDownloads();

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
  }, 600_000);
});
