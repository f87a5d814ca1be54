import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A delivery's headers, by lower-case name. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** Who sent a delivery that proved to know the shared secret. */
export type Sender = 'databricks' | 'mlflow';

/** A delivery that says it is a sender's: its signatures, and what is to be signed. */
export interface Claim {
  readonly sender: Sender;
  readonly signatures: readonly string[];
  /** The right signature under a secret. */
  readonly signed: (secret: string) => string;
}

/** Age, either way, at which a signed MLflow delivery is no longer taken: the Standard Webhooks scheme's own tolerance. */
export const TOLERANCE_SECONDS = 300;
/** Characters of a header that is read here; senders' have less than a hundred. */
const HEADER_MAX = 1_024;
/**
 * MLflow's ids are UUIDs. What looks like one cannot be the beginning of a body: otherwise a part of one sender's signed body could
 * be handed in as the id that the other one signs, with the rest as its body.
 */
const DELIVERY_ID = /^[\w-]{1,64}$/;
const SIGNATURE_HEADERS = ['x-databricks-signature', 'x-mlflow-signature'];

/**
 * Reads from the headers whose delivery this says it is. Nothing of the body is parsed, and no secret is needed.
 *
 * @param headers by lower-case name
 * @param now seconds since the epoch
 * @returns undefined for a delivery without a signature, with one of each kind, or outdated
 */
export function claimOf(headers: Headers, body: Buffer, now: number): Claim | undefined {
  const present = SIGNATURE_HEADERS.filter((name) => headers[name] !== undefined);
  if (present.length !== 1) {
    return undefined;
  }
  return present[0] === 'x-databricks-signature' ? databricks(headers, body) : mlflow(headers, body, now);
}

/**
 * Whether one of a claim's signatures is right under one of the secrets. All are tried, however many are wrong or right before, and
 * compared by digests under a key that nobody knows, so that the time tells neither which one nor how much of it was right.
 *
 * @throws Error for an empty secret: an HMAC under no key proves nothing
 */
export function isSigned({ signatures, signed }: Claim, secrets: readonly string[]): boolean {
  if (secrets.includes('')) {
    throw new Error('the webhook secret is empty');
  }
  const given = signatures.map(blinded);
  let right = 0;
  for (const secret of secrets) {
    const expected = blinded(signed(secret));
    for (const one of given) {
      right |= Number(timingSafeEqual(one, expected));
    }
  }
  return right === 1;
}

/** Hex HMAC-SHA256 of the body (docs.databricks.com/mlflow/model-registry-webhooks.html, client verification). */
function databricks(headers: Headers, body: Buffer): Claim | undefined {
  const signature = headers['x-databricks-signature'];
  if (!isShort(signature)) {
    return undefined;
  }
  return {
    sender: 'databricks',
    signatures: [signature],
    signed: (secret) => createHmac('sha256', secret).update(body).digest('hex'),
  };
}

/** `v1,<base64>` over id, timestamp and body (mlflow.org/docs/latest/ml/webhooks; github.com/standard-webhooks). */
function mlflow(headers: Headers, body: Buffer, now: number): Claim | undefined {
  const id = headers['x-mlflow-delivery-id'];
  const timestamp = headers['x-mlflow-timestamp'];
  const signatures = headers['x-mlflow-signature'];
  if (!isShort(signatures) || !id || !DELIVERY_ID.test(id) || !timestamp || !/^\d{1,12}$/.test(timestamp)) {
    return undefined;
  }
  if (Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) {
    return undefined;
  }
  return {
    sender: 'mlflow',
    // While a secret is being exchanged, a sender may send several signatures, separated by spaces.
    signatures: signatures.split(' '),
    signed: (secret) =>
      `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64')}`,
  };
}

function isShort(header: string | undefined): header is string {
  return !!header && header.length <= HEADER_MAX;
}

const BLINDING_KEY = randomBytes(32);

function blinded(signature: string): Buffer {
  return createHmac('sha256', BLINDING_KEY).update(signature).digest();
}
