import type { S3Client } from '@aws-sdk/client-s3';
import type { EnvironmentRequest } from '../environments/build-record';
import { environmentImages, startBuild } from '../environments/clients';
import { EnvironmentFiles, type WantedEnvironment } from '../environments/environment-files';
import { type EnvironmentAnswer, requestEnvironment } from '../environments/request-environment';
import { environmentBuilds } from '../shared/context/store';
import { requireEnv } from '../shared/env';
import type { PreparedPackage } from '../shared/packing/prepare';
import { asListed } from '../shared/registry/as-listed';
import type { OpenFile } from '../shared/registry/read-file';

/** A version whose environment has an image of its own. */
export interface EnvironmentJob {
  readonly client: S3Client;
  readonly environment: WantedEnvironment;
  readonly files: PreparedPackage['files'];
  /** Opens a file of the version. */
  readonly open: OpenFile;
  readonly request: EnvironmentRequest;
  readonly stop: AbortSignal;
}

/** The image of a version's environment, or why the version waits for it. */
export function environmentImage(job: EnvironmentJob): Promise<EnvironmentAnswer> {
  const { environment, files, open, stop } = job;
  const { digest } = environment;
  const stored = new EnvironmentFiles(job.client, requireEnv('ARTIFACT_BUCKET'));
  return requestEnvironment(digest, job.request, {
    now: Date.now,
    read: () => environmentBuilds().read(digest),
    write: (before, record) => environmentBuilds().write(digest, before, record),
    findImage: () => environmentImages().find(digest),
    report: () => stored.report(digest),
    saveFiles: () => stored.save(environment, { files, open: asListed(files, open), stop }),
    startBuild: (token) => startBuild(digest, token),
  });
}
