import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';
import { timeLimits } from '../../../shared/time-limits';

/** Long enough for a part on a slow line; a connection that hangs longer is given up and the part sent again. */
export const REQUEST_TIMEOUT_MS = 60_000;
const TRIES = 6;
/** What a connection takes of a body at once. */
const SLICE_BYTES = 64 * 1024;

/** An S3 client for archives: checksums are computed by this project, once, and bodies are not hashed for the signature. */
export function archiveClient(): S3Client {
  const client = new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    maxAttempts: TRIES,
    ...timeLimits(REQUEST_TIMEOUT_MS),
  });
  return withSlicedBodies(withUnsignedPayload(client));
}

/**
 * Leaves a body out of a request's signature where TLS guards it on its way: hashing every byte with SHA-256 costs a quarter of
 * the time of an upload, and what arrives is checked by its CRC32 anyway (docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html).
 *
 * @returns the client
 */
export function withUnsignedPayload(client: S3Client): S3Client {
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { protocol: string; headers: Record<string, string> };
      if (request.protocol === 'https:') {
        request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      }
      return next(args);
    },
    // Stryker disable next-line StringLiteral: the SDK runs an unknown step at a suitable time
    { step: 'build' },
  );
  return client;
}

/**
 * Hands a body to its connection in slices. Node encrypts all that it is handed at once, and would keep an encrypted copy of
 * each part in memory.
 *
 * @returns the client
 */
export function withSlicedBodies(client: S3Client): S3Client {
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body?: unknown };
      const { body } = request;
      if (!Buffer.isBuffer(body)) {
        return next(args);
      }
      // The request keeps its body for another try.
      const sliced = Object.assign(Object.create(Object.getPrototypeOf(request)), request);
      sliced.body = Readable.from(slices(body));
      return next({ ...args, request: sliced });
    },
    { step: 'deserialize' },
  );
  return client;
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
    yield bytes.subarray(start, start + SLICE_BYTES);
  }
}
