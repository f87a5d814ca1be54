import { ServiceError } from '../aws-json/errors';

/** A request that came with a client token, as it was sent but for the token. */
export interface TokenedRequest {
  readonly token: string;
  readonly request: string;
}

/** What is kept of a request to know it again; undefined when it has no token. */
export function tokenedRequest({
  ClientToken: token,
  ...request
}: {
  readonly ClientToken?: string | undefined;
}): TokenedRequest | undefined {
  return token === undefined ? undefined : { token, request: JSON.stringify(sorted(request)) };
}

/**
 * Whether a request was made before with the same token.
 *
 * The API reference of CreateModelPackage says only that a token makes a call idempotent. That another request with a known
 * token is a conflict is an assumption: `ConflictException` is the error that it lists, and other services of AWS say that an
 * error occurs then.
 *
 * @throws ServiceError `ConflictException` for a known token with other parameters
 */
export function isReplay(sent: TokenedRequest | undefined, known: TokenedRequest | undefined): boolean {
  if (sent === undefined || sent.token !== known?.token) return false;
  if (sent.request === known.request) return true;
  const message = `The client token ${sent.token} was used before with other parameters.`;
  throw new ServiceError('ConflictException', message, 400, { Message: message });
}

/** The same value with the keys of every object in one order: JSON has none. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
