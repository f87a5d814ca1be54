import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError } from './errors';

/** Who may call: the holder of the token, and users with their passwords. */
export interface Credentials {
  readonly token: string;
  readonly users: Readonly<Record<string, string>>;
}

/**
 * Checks an Authorization header.
 *
 * @throws ApiError 401 for none or one of another scheme, 403 for a wrong token or password
 */
export function authorize(header: string | undefined, { token, users }: Credentials): void {
  const [, scheme, value] = /^(bearer|basic) +(\S+)$/i.exec(header ?? '') ?? [];
  if (scheme === undefined || value === undefined) {
    throw new ApiError(401, '401', 'Credential was not sent or was of an unsupported type for this API.');
  }
  if (scheme.toLowerCase() === 'bearer') {
    if (!sameText(value, token)) throw new ApiError(403, '403', 'Invalid access token.');
    return;
  }
  const [user, password] = split(Buffer.from(value, 'base64').toString('utf8'));
  const expected = Object.hasOwn(users, user) ? users[user] : undefined;
  if (expected === undefined || !sameText(password, expected)) {
    throw new ApiError(403, '403', 'Invalid username or password.');
  }
}

/** `user:password`; a password may hold colons. */
function split(pair: string): [string, string] {
  const colon = pair.indexOf(':');
  return colon < 0 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
}

/** Compares digests, so that the time taken tells nothing of the secret, its length included. */
function sameText(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
