import { createHmac, timingSafeEqual } from 'node:crypto';

/** A delivery's headers, by lower-case name. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** Who sent a delivery that proved to know the shared secret. */
export type Sender = 'databricks' | 'mlflow';

/** Age, either way, at which a signed MLflow delivery is no longer taken: the Standard Webhooks scheme's own tolerance. */
export const TOLERANCE_SECONDS = 300;

/**
 * Checks a delivery's signature over its raw body, before anything of it is parsed.
 *
 * @param headers by lower-case name
 * @param now seconds since the epoch
 * @returns the sender, or undefined for a missing, wrong or outdated signature, without telling which
 * @throws Error for an empty secret: an HMAC under no key proves nothing
 */
export function verifySender(secret: string, body: Buffer, headers: Headers, now: number): Sender | undefined {
  if (secret === '') {
    throw new Error('the webhook secret is empty');
  }
  if (verifyDatabricks(secret, body, headers)) {
    return 'databricks';
  }
  return verifyMlflow(secret, body, headers, now) ? 'mlflow' : undefined;
}

/** Hex HMAC-SHA256 of the body (docs.databricks.com/mlflow/model-registry-webhooks.html, client verification). */
function verifyDatabricks(secret: string, body: Buffer, headers: Headers): boolean {
  const signature = headers['x-databricks-signature'];
  return signature !== undefined && equal(signature, createHmac('sha256', secret).update(body).digest('hex'));
}

/** `v1,<base64>` over id, timestamp and body (mlflow.org/docs/latest/ml/webhooks; github.com/standard-webhooks). */
function verifyMlflow(secret: string, body: Buffer, headers: Headers, now: number): boolean {
  const id = headers['x-mlflow-delivery-id'];
  const timestamp = headers['x-mlflow-timestamp'];
  const signatures = headers['x-mlflow-signature'];
  if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp)) {
    return false;
  }
  if (Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) {
    return false;
  }
  const expected = `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  // While a secret is being exchanged, a sender may send several signatures, separated by spaces.
  return signatures.split(' ').some((signature) => equal(signature, expected));
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
