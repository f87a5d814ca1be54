import type { S3Client } from '@aws-sdk/client-s3';
import type { EnvironmentRequest } from '../environments/build-record';
import { environmentImages, startBuild } from '../environments/clients';
import { EnvironmentFiles } from '../environments/environment-files';
import { type EnvironmentAnswer, requestEnvironment } from '../environments/request-environment';
import { environmentBuilds } from '../shared/context/store';
import { requireEnv } from '../shared/env';
import type { PreparedPackage } from '../shared/packing/prepare';
import { asListed } from '../shared/registry/as-listed';
import type { OpenFile } from '../shared/registry/read-file';

/** Who needs the image, and where the version's files come from. */
export interface ImageRequest {
  readonly client: S3Client;
  /** Opens a file of the version. */
  readonly open: OpenFile;
  readonly request: EnvironmentRequest;
  readonly stop: AbortSignal;
}

/** The image to be used, with its size where that is known, or why the version waits. */
type ImageAnswer = EnvironmentAnswer & { readonly imageBytes?: number | undefined };

/** The image that serves a version, or why the version waits for it. */
export async function imageOf(
  { image, environment, files }: Pick<PreparedPackage, 'image' | 'environment' | 'files'>,
  { client, open, request, stop }: ImageRequest,
): Promise<ImageAnswer> {
  if (environment === undefined) {
    return { image: image ?? '' };
  }
  const { digest } = environment;
  const stored = new EnvironmentFiles(client, requireEnv('ARTIFACT_BUCKET'));
  const answer = await requestEnvironment(digest, request, {
    now: Date.now,
    read: () => environmentBuilds().read(digest),
    write: (before, record) => environmentBuilds().write(digest, before, record),
    findImage: () => environmentImages().find(digest),
    report: () => stored.report(digest),
    saveFiles: () => stored.save(environment, { files, open: asListed(files, open), stop }),
    startBuild: (token) => startBuild(digest, token),
  });
  if ('waits' in answer) {
    return answer;
  }
  const { result } = (await stored.report(digest)) ?? {};
  return { ...answer, imageBytes: result?.state === 'ready' ? result.uncompressedBytes : undefined };
}
