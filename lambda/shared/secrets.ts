import { getSecret } from '@aws-lambda-powertools/parameters/secrets';
import { RefusedError } from './errors';

/** How long a secret is kept in memory: a rotated one counts after this many seconds at the latest. */
const MAX_AGE_SECONDS = 60;

/**
 * A secret's text, from Secrets Manager, kept for a minute.
 *
 * @param name name or ARN of the secret
 * @param fresh reads it anew, for what outlives the minute
 * @throws RefusedError for a secret without text
 */
export async function readSecret(name: string, fresh = false): Promise<string> {
  const secret = await getSecret(name, { maxAge: MAX_AGE_SECONDS, forceFetch: fresh });
  if (!secret) {
    throw new RefusedError(`secret ${name} has no text`);
  }
  return typeof secret === 'string' ? secret : Buffer.from(secret).toString('utf8');
}
