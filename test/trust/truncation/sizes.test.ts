import { sized } from '../../../trust/sizes';
import { sampleBytes } from '../../support/archive/files';
import { some } from '../../support/some';
import { type Case, SIZES } from '../../support/wire/download-cases';
import { WAYS } from '../../support/wire/folder-server';
import { startDownloads } from '../../support/wire/try-downloads';

const tryAll = startDownloads();

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
}, 3_600_000);
