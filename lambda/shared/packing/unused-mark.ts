import {
  DeleteObjectTaggingCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { S3Location } from '../registry/registry';

/** Tag of a folder's first object: since when no package refers to the folder (ISO 8601). */
export const UNUSED_SINCE = 'mlflow-mlops-unused-since';

/** @returns since when the folder is unused, in milliseconds since the epoch; undefined where it has no mark */
export async function readMark(client: S3Client, folder: S3Location): Promise<number | undefined> {
  const object = await firstObject(client, folder);
  if (object === undefined) {
    return undefined;
  }
  const { TagSet } = await client.send(new GetObjectTaggingCommand(object));
  const since = Date.parse(TagSet?.find(({ Key }) => Key === UNUSED_SINCE)?.Value ?? '');
  return Number.isNaN(since) ? undefined : since;
}

/** Marks a folder as unused from now on. */
export async function putMark(client: S3Client, folder: S3Location, now: number): Promise<void> {
  const object = await firstObject(client, folder);
  if (object !== undefined) {
    const TagSet = [{ Key: UNUSED_SINCE, Value: new Date(now).toISOString() }];
    await client.send(new PutObjectTaggingCommand({ ...object, Tagging: { TagSet } }));
  }
}

/** Takes a folder's mark away, if it has one. */
export async function takeMark(client: S3Client, folder: S3Location): Promise<void> {
  const object = await firstObject(client, folder);
  if (object !== undefined) {
    await client.send(new DeleteObjectTaggingCommand(object));
  }
}

async function firstObject(
  client: S3Client,
  { bucket, prefix }: S3Location,
): Promise<{ Bucket: string; Key: string } | undefined> {
  const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }));
  const Key = Contents?.[0]?.Key;
  return Key === undefined ? undefined : { Bucket: bucket, Key };
}
