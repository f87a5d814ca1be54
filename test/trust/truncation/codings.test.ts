import { gzipSync } from 'node:zlib';
import { sampleBytes } from '../../support/archive/files';
import type { Case } from '../../support/wire/download-cases';
import { WAYS } from '../../support/wire/folder-server';
import { startDownloads } from '../../support/wire/try-downloads';

const tryAll = startDownloads();

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
