import { BadDeliveryError, type Delivery, readDelivery } from './events';
import type { Keyring } from './keyring';
import { claimOf, type Headers, isSigned } from './signatures';

/** Bytes of a body; a model's own description and tags make some KB of the largest that registries send. */
export const BODY_MAX = 256 * 1024;

/** A delivery as it came over the wire. */
export interface RawDelivery {
  readonly headers: Headers;
  readonly body: Buffer;
}

/** What the receiver does besides thinking. */
export interface Effects {
  /** The secrets that senders sign with. */
  readonly keyring: Keyring;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly isEnrolled: (modelName: string) => Promise<boolean>;
  /** Starts the sync that a delivery asks for and gives the execution's name. */
  readonly start: (modelName: string, identity: string | Buffer) => Promise<string>;
  /** Logs an error that the answer to the sender does not name. */
  readonly report: (error: unknown) => void;
}

/** An answer to the sender. */
export interface Answer {
  readonly status: 200 | 202 | 400 | 401 | 413 | 503;
  readonly body: Readonly<Record<string, string>>;
}

/** The part of an API Gateway event that a delivery is in. */
export interface ProxyEvent {
  readonly headers: Readonly<Record<string, string | undefined>> | null;
  /** All values of each header, where {@link headers} has the last one. */
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

/**
 * The delivery as it came over the wire: API Gateway may hand its body on in base64. A header that came more than once is empty: no
 * sender does that, and other software on the way could use another one of its values.
 */
export function rawDelivery({ headers, multiValueHeaders, body, isBase64Encoded }: ProxyEvent): RawDelivery {
  const values = new Map<string, (string | undefined)[]>();
  for (const [name, all] of Object.entries({ ...headers, ...multiValueHeaders })) {
    const key = name.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), ...[all].flat()]);
  }
  return {
    headers: Object.fromEntries([...values].map(([key, all]) => [key, all.length > 1 ? '' : all[0]])),
    body: Buffer.from(
      body ?? '',
      // Stryker disable next-line StringLiteral: to Node, an empty encoding is UTF-8
      isBase64Encoded ? 'base64' : 'utf8',
    ),
  };
}

/**
 * Answers a delivery: 202 with the execution's name, 200 where there is nothing to do, 400 for a signed body that makes no
 * sense, 401 without a good signature, 413 for more than anybody sends, 503 when the work could not be started and the sender should come again.
 */
export async function receive(delivery: RawDelivery, effects: Effects): Promise<Answer> {
  try {
    return await answer(delivery, effects);
  } catch (error) {
    if (error instanceof BadDeliveryError) {
      return { status: 400, body: { message: error.message } };
    }
    // Whatever kept the work from starting, the sender's retry is the way out.
    effects.report(error);
    return { status: 503, body: { message: 'the sync could not be started: send again' } };
  }
}

async function answer({ headers, body }: RawDelivery, effects: Effects): Promise<Answer> {
  if (body.length > BODY_MAX) {
    return { status: 413, body: { message: `a body has ${BODY_MAX} bytes at most` } };
  }
  const claim = claimOf(headers, body, effects.now());
  if (claim === undefined || !isSigned(claim, await effects.keyring())) {
    return { status: 401, body: { message: 'unauthorized' } };
  }
  const { sender } = claim;
  const delivery: Delivery = readDelivery(sender, body);
  if (delivery.kind === 'ignored') {
    return { status: 200, body: { message: delivery.reason } };
  }
  if (!(await effects.isEnrolled(delivery.modelName))) {
    return { status: 200, body: { message: 'the model is not enrolled' } };
  }
  // Databricks sends no id: there the body, with its event's time, tells one delivery from another.
  const identity = (sender === 'mlflow' ? headers['x-mlflow-delivery-id'] : undefined) ?? body;
  return { status: 202, body: { execution: await effects.start(delivery.modelName, identity) } };
}
