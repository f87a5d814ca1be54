import { sized } from '../../../trust/sizes';
import { sampleBytes } from '../../support/archive/files';
import { HASTY } from '../../support/impatient';
import { some } from '../../support/some';
import type { Case } from '../../support/wire/download-cases';
import { WAYS } from '../../support/wire/folder-server';
import { startDownloads } from '../../support/wire/try-downloads';

const MIB = 1024 * 1024;
const tryAll = startDownloads();

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
}, 600_000);
