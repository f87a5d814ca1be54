import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { canonicalJson, type ModelEnvironment } from '../packaging/environment';
import { ENVIRONMENT_FILES } from '../shared/artifact-folders';
import { RefusedError, TransientError } from '../shared/errors';
import { quoted } from '../shared/printable';
import { type OpenFile, readFile } from '../shared/registry/read-file';
import type { ArtifactFile } from '../shared/registry/registry';

/** An environment that an image is built for. */
export type WantedEnvironment = Pick<ModelEnvironment, 'spec' | 'digest' | 'wheelSources'>;

const ready = z.object({ state: z.literal('ready'), uncompressedBytes: z.int().positive().optional() });
const failed = z.object({
  state: z.literal('failed'),
  cause: z.enum(['requirements', 'import', 'passing']),
  reason: z.string(),
  fix: z.string(),
});
const shape = z.object({ build: z.string() }).and(z.union([ready, failed]));

/** What a build reports in result.json. */
export type BuildResult = z.infer<typeof ready> | z.infer<typeof failed>;

/** A result, and the build that wrote it. */
export interface BuildReport {
  readonly build: string;
  readonly result: BuildResult;
}

/** The files of environments in the artifact bucket: what a build reads and what it reports. */
export class EnvironmentFiles {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
  ) {}

  /**
   * Puts there what a build reads: the specification, and the model's wheels, which are streamed from the registry.
   *
   * @throws TransientError for a wheel that is not the one that the specification names: it was written again meanwhile
   */
  async save({ spec, digest, wheelSources }: WantedEnvironment, wheels: WheelSource): Promise<void> {
    for (const { file, source } of wheelSources) {
      const size = wheels.files.find(({ path }) => path === source)?.size;
      if (size === undefined) {
        throw new RefusedError(`the model folder does not have the wheel ${quoted(source)} any more`);
      }
      const bytes = readFile(wheels.open, { source, size, from: 0 }, wheels.stop);
      await this.putStream(digest, `wheels/${file}`, checked(bytes, source, spec.wheels[file]), size);
    }
    await this.put(digest, 'spec.json', { Body: canonicalJson(spec), ContentType: 'application/json' });
  }

  /** The last report of a build; undefined where there is none, or none that can be read. */
  async report(digest: string): Promise<BuildReport | undefined> {
    try {
      const { Body } = await this.client.send(
        new GetObjectCommand({ Bucket: this.bucket, Key: keyOf(digest, 'result.json') }),
      );
      const { build, ...result } = shape.parse(JSON.parse((await Body?.transformToString()) ?? ''));
      return { build, result };
    } catch (error) {
      if (error instanceof z.ZodError || error instanceof SyntaxError || isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** Deletes all files of an environment. */
  async delete(digest: string): Promise<void> {
    const pages = paginateListObjectsV2({ client: this.client }, { Bucket: this.bucket, Prefix: keyOf(digest, '') });
    for await (const { Contents } of pages) {
      const Objects = (Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : { Key }));
      if (Objects.length > 0) {
        const { Errors } = await this.client.send(
          new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
        );
        const [fault] = Errors ?? [];
        if (fault !== undefined) {
          throw new Error(`s3://${this.bucket}/${fault.Key} cannot be deleted: ${fault.Code} ${fault.Message}`);
        }
      }
    }
  }

  /** A body that breaks aborts its request. The SDK does not expect errors of a body: they would end the process. */
  private async putStream(digest: string, file: string, bytes: AsyncIterable<Buffer>, size: number): Promise<void> {
    const broken = new AbortController();
    const unbroken = async function* () {
      try {
        yield* bytes;
      } catch (error) {
        broken.abort(error);
      }
    };
    const object = { Body: Readable.from(unbroken()), ContentLength: size, ContentType: 'application/zip' };
    try {
      await this.put(digest, file, object, broken.signal);
    } catch (error) {
      throw broken.signal.aborted ? broken.signal.reason : error;
    }
    broken.signal.throwIfAborted();
  }

  private async put(digest: string, file: string, object: PutBody, abortSignal?: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({ Bucket: this.bucket, Key: keyOf(digest, file), ...object });
    await this.client.send(command, abortSignal === undefined ? {} : { abortSignal });
  }
}

type PutBody = Pick<ConstructorParameters<typeof PutObjectCommand>[0], 'Body' | 'ContentLength' | 'ContentType'>;

/** Where the wheels of a model come from. */
export interface WheelSource {
  readonly files: readonly ArtifactFile[];
  readonly open: OpenFile;
  readonly stop: AbortSignal;
}

/** The bytes of a wheel. The last ones come only if the wheel is the expected one, so that no other one becomes an object. */
async function* checked(bytes: AsyncIterable<Buffer>, source: string, expected = ''): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let last: Buffer | undefined;
  for await (const chunk of bytes) {
    if (last !== undefined) {
      yield last;
    }
    hash.update(chunk);
    last = chunk;
  }
  if (hash.digest('hex') !== expected) {
    throw new TransientError(`the wheel ${quoted(source)} changed while it was read`);
  }
  if (last !== undefined) {
    yield last;
  }
}

function keyOf(digest: string, file: string): string {
  return `${ENVIRONMENT_FILES}/${digest}/${file}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchKey';
}
