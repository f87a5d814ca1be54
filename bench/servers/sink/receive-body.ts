import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { AwsChunks } from './aws-chunks';
import { crc32, encodeCrc32 } from './crc32';
import type { Stored } from './memory';
import { S3Error } from './s3-error';

/** Bytes that came whole, and as their sender says they are. */
export interface Received {
  readonly stored: Stored;
  readonly size: number;
  readonly crc32: number;
  /** Whether the sender gave a CRC32, which was compared. */
  readonly checksummed: boolean;
}

const HASH = /^[0-9a-f]{64}$/;
const UNSIGNED = ['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'];
/** Checked are CRC32 and the payload's SHA-256: what the measured send. Anything else must not pass unchecked. */
const OTHER_CHECKSUMS = ['crc32c', 'crc64nvme', 'sha1', 'sha256'].map((name) => `x-amz-checksum-${name}`);
const CRC32 = 'x-amz-checksum-crc32';

/**
 * Keeps a request's body, and holds it against every size and checksum that came with it.
 *
 * @param sized false for a body whose length is not known before, which S3 itself refuses
 * @throws S3Error as S3 answers a body that is not what its headers say
 */
export async function receiveBody(request: IncomingMessage, stored: Stored, sized = true): Promise<Received> {
  const { headers } = request;
  if (sized) {
    refuseUnchecked(headers);
  }
  const hash = HASH.test(contentHash(headers)) ? createHash('sha256') : undefined;
  const chunks = isChunked(headers) ? new AwsChunks() : undefined;
  let crc = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    for (const bytes of chunks ? chunks.push(piece) : [piece]) {
      crc = crc32(bytes, crc);
      hash?.update(bytes);
      stored.append(bytes);
    }
  }
  chunks?.end();
  const { size } = stored;
  const declared = chunks ? headers['x-amz-decoded-content-length'] : headers['content-length'];
  if (sized && Number(declared) !== size) {
    throw new S3Error(400, 'IncompleteBody', `The body has ${size} bytes, and ${declared} were declared`);
  }
  if (hash && hash.digest('hex') !== contentHash(headers)) {
    throw new S3Error(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match");
  }
  const claimed = headers[CRC32] ?? trailing(headers, chunks);
  if (claimed !== undefined && claimed !== encodeCrc32(crc)) {
    throw new S3Error(400, 'BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
  }
  return { stored, size, crc32: crc, checksummed: claimed !== undefined };
}

/** A trailer that was announced has to come. */
function trailing(headers: IncomingHttpHeaders, chunks: AwsChunks | undefined): string | undefined {
  const announced = headers['x-amz-trailer'];
  if (announced === undefined) {
    return undefined;
  }
  const value = announced === CRC32 ? chunks?.trailers.get(CRC32) : undefined;
  if (value === undefined) {
    throw new S3Error(400, 'MalformedTrailerError', `The trailer ${announced} is not supported here, or did not come`);
  }
  return value;
}

function refuseUnchecked(headers: IncomingHttpHeaders): void {
  const other = OTHER_CHECKSUMS.find((name) => headers[name] !== undefined);
  if (other !== undefined) {
    throw new S3Error(501, 'NotImplemented', `${other} is not checked here: send ${CRC32}`);
  }
  // A body in chunks says its length before it begins too, in a header of its own.
  if (headers[isChunked(headers) ? 'x-amz-decoded-content-length' : 'content-length'] === undefined) {
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  }
  const content = contentHash(headers);
  if (!HASH.test(content) && !UNSIGNED.includes(content)) {
    throw new S3Error(400, 'InvalidRequest', `x-amz-content-sha256 must be a hash, or one of ${UNSIGNED.join(', ')}`);
  }
}

function contentHash(headers: IncomingHttpHeaders): string {
  return String(headers['x-amz-content-sha256'] ?? '');
}

function isChunked(headers: IncomingHttpHeaders): boolean {
  return contentHash(headers).startsWith('STREAMING-');
}
