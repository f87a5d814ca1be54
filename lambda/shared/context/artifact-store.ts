import { S3Client } from '@aws-sdk/client-s3';
import { ArtifactStore } from '../registry/artifact-store';
import { parseStorePlace } from '../registry/s3-location';
import { timeLimits } from '../time-limits';

const REST_MS = 120_000;
let known: ArtifactStore | undefined;

/** The place in S3 that this installation may read registries' files in; undefined where none was named. */
export function artifactStore(): ArtifactStore | undefined {
  const { ARTIFACT_STORE: uri } = process.env;
  if (!uri) {
    return undefined;
  }
  known ??= new ArtifactStore(
    new S3Client({
      // The registry's bucket may be in another region than this function.
      followRegionRedirects: true,
      // Bytes are counted against the listing; a checksum of S3's own would be computed twice, at the cost of the speed.
      responseChecksumValidation: 'WHEN_REQUIRED',
      // A download may rest while what came before is compressed.
      ...timeLimits(REST_MS),
    }),
    parseStorePlace(uri),
  );
  return known;
}
