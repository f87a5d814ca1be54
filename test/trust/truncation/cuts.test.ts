import { sized } from '../../../trust/sizes';
import { sampleBytes } from '../../support/archive/files';
import { some } from '../../support/some';
import { type Case, SIZES } from '../../support/wire/download-cases';
import { WAYS } from '../../support/wire/folder-server';
import { startDownloads } from '../../support/wire/try-downloads';

const tryAll = startDownloads();

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
}, 3_600_000);
