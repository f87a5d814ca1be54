import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

  /**
   * Copies everything below a prefix into a folder, as SageMaker lays out uncompressed model data.
   *
   * @throws Error for keys that SageMaker says not to use (API_S3ModelDataSource, CompressionType)
   */
  async downloadPrefix(caller: Caller, prefix: S3Location, folder: string): Promise<void> {
    const keys = await this.keysUnder(caller, prefix);
    const files = new Set(keys.map((key) => key.slice(prefix.key.length)));
    for (const file of files) {
      const fault = faultOfName(file, files);
      if (fault !== undefined) throw new Error(`The key ${prefix.key}${file} ${fault}.`);
    }
    for (const file of files) {
      await this.download(caller, { bucket: prefix.bucket, key: prefix.key + file }, join(folder, file));
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

/** Why a file cannot be laid out; a key is chosen by whoever wrote it, so `..` in it must not lead out of the folder. */
function faultOfName(file: string, files: ReadonlySet<string>): string | undefined {
  const parts = file.split('/');
  if (parts.some((part) => part.trim() === '')) return 'has an empty or blank file or directory name';
  if (parts.some((part) => part === '.' || part === '..')) return 'has "." or ".." as a file or directory name';
  if (parts.some((part) => part.includes('\0') || Buffer.byteLength(part) > 255))
    return 'has a name that no file can have';
  const folders = parts.slice(1).map((_part, index) => parts.slice(0, index + 1).join('/'));
  return folders.some((name) => files.has(name)) ? 'has another object as its directory' : undefined;
}

function isMissing(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  return ['NotFound', 'NoSuchKey', 'NoSuchBucket', 'Forbidden', 'AccessDenied'].includes(name);
}
