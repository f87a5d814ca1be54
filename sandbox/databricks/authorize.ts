import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError } from './errors';

/**
 * Checks an Authorization header.
 *
 * @param token the personal access token of every caller; a workspace accepts no passwords
 * @throws ApiError 401 for none or one of another scheme, 403 for a wrong token
 */
export function authorize(header: string | undefined, token: string): void {
  const [, value] = /^bearer +(\S+)$/i.exec(header ?? '') ?? [];
  if (value === undefined) {
    throw new ApiError(401, '401', 'Credential was not sent or was of an unsupported type for this API.');
  }
  if (!sameText(value, token)) throw new ApiError(403, '403', 'Invalid access token.');
}

/** Compares digests, so that the time taken tells nothing of the secret, its length included. */
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
