import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SYNC_FILES } from './artifact-folders';
import type { SyncRequest } from './contracts';
import { requireEnv } from './env';
import { executionName } from './executions';
import { withBucketOwner } from './own-bucket';
import { timeLimits } from './time-limits';

const s3 = withBucketOwner(new S3Client(timeLimits()));

/** Where a file of a sync is. */
export interface FilePlace {
  readonly bucket: string;
  readonly key: string;
}

/** The files that a sync of all models keeps in the artifact bucket for itself and for who looks into it later. */
export class SyncFiles {
  /** @param execution name of the sync's execution */
  constructor(private readonly execution: string) {}

  async save(file: string, text: string): Promise<FilePlace> {
    const bucket = requireEnv('ARTIFACT_BUCKET');
    const key = this.keyOf(file);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' }));
    return { bucket, key };
  }

  async load(file: string): Promise<string> {
    const { Body } = await s3.send(
      new GetObjectCommand({ Bucket: requireEnv('ARTIFACT_BUCKET'), Key: this.keyOf(file) }),
    );
    return (await Body?.transformToString()) ?? '';
  }

  private keyOf(file: string): string {
    return `${SYNC_FILES}/${this.execution}/${file}`;
  }
}

/**
 * The list of executions that a Distributed Map reads, as JSON.
 *
 * @param identity what tells these executions from others of the same models
 */
export function executionList(
  modelNames: readonly string[],
  identity: string,
  input: Omit<SyncRequest, 'modelName'>,
): string {
  const items = modelNames.map((modelName) => ({
    name: executionName(modelName, `${modelName} of ${identity}`),
    input: { modelName, ...input },
  }));
  return JSON.stringify(items);
}
