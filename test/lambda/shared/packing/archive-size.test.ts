import fc from 'fast-check';
import { CHUNK_BYTES } from '../../../../lambda/create/archive/chunks';
import { GZIP_HEADER, gzipTrailer } from '../../../../lambda/create/archive/gzip/gzip-member';
import { storedLength } from '../../../../lambda/create/archive/gzip/stored-blocks';
import { tarPieces } from '../../../../lambda/create/archive/tar/tar-pieces';
import type { ArchiveEntry } from '../../../../lambda/shared/packing/archive-entry';
import { archiveBytesMax, requirePartBytes } from '../../../../lambda/shared/packing/archive-size';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const LARGEST = 10_000 * 24 * MIB;

const entry = (size: number, path = 'weights.bin'): ArchiveEntry => ({ path, size, source: path });

/** Bytes of an archive whose files do not compress. */
function storedBytes(entries: readonly ArchiveEntry[]): number {
  let tar = 0;
  for (const piece of tarPieces(entries)) {
    tar += Buffer.isBuffer(piece) ? piece.length : piece.size;
  }
  const chunks = Math.floor(tar / CHUNK_BYTES) * storedLength(CHUNK_BYTES) + storedLength(tar % CHUNK_BYTES);
  return GZIP_HEADER.length + chunks + gzipTrailer(0, tar).length;
}

test('the size that is expected of an archive is never below its real one', () => {
  const path = fc.oneof(
    fc.stringMatching(/^[a-z]{1,200}$/),
    fc.stringMatching(/^模{1,1200}$/),
    fc.stringMatching(/^([a-z]{1,80}\/){1,40}$/),
  );
  const files = fc.array(
    fc.oneof(
      fc.tuple(path, fc.nat({ max: 20 * GIB })).map(([name, size]) => entry(size, name)),
      fc.tuple(path, fc.string()).map(([name, content]) => ({ path: name, content })),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(files, (entries) => {
      expect(archiveBytesMax(entries)).toBeGreaterThanOrEqual(storedBytes(entries));
    }),
  );
});

test.each([
  ['1 KB', 1_000, 8],
  ['78 GiB', 78 * GIB, 8],
  ['79 GiB', 79 * GIB, 9],
  ['200 GiB', 200 * GIB, 21],
  ['234 GiB', 234 * GIB, 24],
])('an archive of %s is sent in at most 10,000 parts', (_size, bytes, mebibytes) => {
  const partBytes = requirePartBytes([entry(bytes)]);
  expect(partBytes).toBe(mebibytes * MIB);
  expect(Math.ceil(storedBytes([entry(bytes)]) / partBytes)).toBeLessThanOrEqual(10_000);
});

test('the part size is the smallest that is enough, up to the last byte', () => {
  const bytes = archiveBytesMax([entry(100 * GIB)]);
  const partBytes = requirePartBytes([entry(100 * GIB)]);
  expect(partBytes * 10_000).toBeGreaterThanOrEqual(bytes);
  expect((partBytes - MIB) * 10_000).toBeLessThan(bytes);
});

test('an archive that needs larger parts is refused with its size, the limit and the fix', () => {
  const refused = () => requirePartBytes([entry(300 * GIB)]);
  expect(refused).toThrow(expect.objectContaining({ name: 'RefusedError' }));
  expect(refused).toThrow(
    'the archive of the model can have 300.0 GB, and the largest that can be uploaded has 234.4 GB: set the tag ' +
      'sagemaker_deploy_model_data to uncompressed (for real-time endpoints only; it needs mlflow-mlops:artifact-store ' +
      'in cdk.json)',
  );
  const overhead = archiveBytesMax([entry(0)]);
  const fits = Math.floor(LARGEST / 1.0001) - overhead;
  expect(requirePartBytes([entry(fits)])).toBe(24 * MIB);
  expect(() => requirePartBytes([entry(fits + 10_000)])).toThrow('234.4 GB');
});
