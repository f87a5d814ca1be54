import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { Caller } from '../aws-json/caller';

/** A place in S3. */
export interface S3Location {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads an S3 URI, or an S3 address over HTTPS in either style, as `ModelDataUrl` and `S3Uri` take them.
 *
 * @returns undefined when the text names no object or prefix of S3
 */
export function parseS3Location(url: string): S3Location | undefined {
  const [, bucket, key] =
    /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ??
    /^https:\/\/s3[.-][a-z0-9.-]*amazonaws\.com\/([^/]+)\/(.+)$/.exec(url) ??
    /^https:\/\/([^/]+)\.s3[.-][a-z0-9.-]*amazonaws\.com\/(.+)$/.exec(url) ??
    [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

/** Reads model data from S3 as the account that called, whose number is the access key. */
export class ModelData {
  private readonly clients = new Map<string, S3Client>();

  constructor(private readonly endpoint: string) {}

  /** The object's ETag without quotes, or undefined when there is no such object. */
  async etag(caller: Caller, { bucket, key }: S3Location): Promise<string | undefined> {
    try {
      const head = await this.client(caller).send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return head.ETag?.replaceAll('"', '') ?? '';
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** All keys that begin with a prefix; empty when there are none, or no such bucket. */
  async keysUnder(caller: Caller, { bucket, key }: S3Location): Promise<string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    try {
      do {
        const list = await this.client(caller).send(
          new ListObjectsV2Command({ Bucket: bucket, Prefix: key, ContinuationToken: token }),
        );
        keys.push(...(list.Contents ?? []).flatMap((object) => object.Key ?? []));
        token = list.NextContinuationToken;
      } while (token !== undefined);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return keys;
  }

  /** Copies one object into a file, streaming. */
  async download(caller: Caller, { bucket, key }: S3Location, file: string): Promise<void> {
    const object = await this.client(caller).send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    await mkdir(dirname(file), { recursive: true });
    await pipeline(object.Body as Readable, createWriteStream(file));
  }

  /** Copies everything below a prefix into a folder, as SageMaker lays out uncompressed model data. */
  async downloadPrefix(caller: Caller, prefix: S3Location, folder: string): Promise<void> {
    for (const key of await this.keysUnder(caller, prefix)) {
      const file = resolve(folder, key.slice(prefix.key.length));
      // A key is chosen by whoever wrote it: `..` in it must not lead out of the folder.
      if (!file.startsWith(resolve(folder) + sep)) throw new Error(`The key ${key} leads out of the model's folder.`);
      if (!key.endsWith('/')) await this.download(caller, { bucket: prefix.bucket, key }, file);
    }
  }

  close(): void {
    for (const client of this.clients.values()) client.destroy();
  }

  private client(caller: Caller): S3Client {
    const key = `${caller.account}/${caller.region}`;
    const known = this.clients.get(key);
    if (known) return known;
    const client = new S3Client({
      endpoint: this.endpoint,
      region: caller.region,
      credentials: { accessKeyId: caller.account, secretAccessKey: 'sandbox' },
      forcePathStyle: true,
    });
    this.clients.set(key, client);
    return client;
  }
}

function isMissing(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  return ['NotFound', 'NoSuchKey', 'NoSuchBucket', 'Forbidden', 'AccessDenied'].includes(name);
}
