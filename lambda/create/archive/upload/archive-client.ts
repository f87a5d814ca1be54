import { S3Client } from '@aws-sdk/client-s3';
import { withUnsignedPayload } from './unsigned-payload';

/** Long enough for a part on a slow line; a connection that hangs longer is given up and the part sent again. */
export const REQUEST_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_MS = 5_000;
const TRIES = 6;

/** An S3 client for archives: checksums are computed by this project, once, and bodies are not hashed for the signature. */
export function archiveClient(): S3Client {
  return withUnsignedPayload(
    new S3Client({
      requestChecksumCalculation: 'WHEN_REQUIRED',
      maxAttempts: TRIES,
      // Stryker disable next-line ObjectLiteral: the timeout is one minute, too long for a test
      requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, connectionTimeout: CONNECT_TIMEOUT_MS },
    }),
  );
}
