import { sized } from '../../../trust/sizes';
import { sampleBytes } from '../../support/archive/files';
import { some } from '../../support/some';
import { type Case, MLMODEL } from '../../support/wire/download-cases';
import { WAYS } from '../../support/wire/folder-server';
import { startDownloads } from '../../support/wire/try-downloads';

const tryAll = startDownloads();

test('a truncated MLmodel is not read as one that has less in it', async () => {
  const bytes = sampleBytes(1000, 'noise');
  await tryAll(
    WAYS.flatMap((way) =>
      some([0, 1, 10, 60, MLMODEL.length - 1], sized(2, 5)).map((at): Case => {
        const mlmodel = () => ({ length: 'chunked' as const, stop: { at, how: 'end' as const } });
        return {
          way,
          what: `MLmodel ends at ${at}`,
          bytes,
          sends: () => ({}),
          mlmodel,
          expected: 'refused',
          reason: /MLmodel/,
        };
      }),
    ),
  );
}, 120_000);
