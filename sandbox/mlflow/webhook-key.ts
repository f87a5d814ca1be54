import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * The key with which MLflow encrypts the secrets of its webhooks: a Fernet key, 32 random bytes in base64url with padding.
 * It is made once and kept, since the secrets in the database are unreadable with another one.
 *
 * @param file where it is kept
 */
export function webhookKey(file: string): string {
  if (existsSync(file)) {
    return readFileSync(file, 'utf8').trim();
  }
  const key = randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return key;
}
