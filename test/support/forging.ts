import { createHmac } from 'node:crypto';
import { CAPTURED_SECRET, type CapturedDelivery, capturedDeliveries, sentAt } from './captured-deliveries';
import { type Header, type Receiver, type Sent, startReceiver } from './receiver';

/** Headers of deliveries. */
export const ID = 'x-mlflow-delivery-id';
export const TIMESTAMP = 'x-mlflow-timestamp';
export const MLFLOW = 'x-mlflow-signature';
export const DATABRICKS = 'x-databricks-signature';

/** The real delivery that most forgeries are made of. */
export const [FIRST] = capturedDeliveries as [CapturedDelivery, ...CapturedDelivery[]];
/** Seconds since the epoch at which it was sent. */
export const NOW = sentAt(FIRST);

/** A receiver that has the real deliveries' secret before each test of a file, at the time of the first of them. */
export function startCapturedReceiver(): Receiver {
  const receiver = startReceiver(CAPTURED_SECRET);
  beforeEach(() => {
    receiver.now = NOW;
    receiver.stages = { AWSCURRENT: CAPTURED_SECRET };
  });
  return receiver;
}

/** Sees that a delivery is refused, and starts nothing. */
export async function expectRefused(receiver: Receiver, forged: Sent, status = 401): Promise<void> {
  const { length } = receiver.started;
  const { statusCode } = await receiver.send(forged);
  expect(statusCode).toBe(status);
  expect(receiver.started).toHaveLength(length);
}

/** A real delivery, as it was sent. */
export function asSent({ headers, raw }: CapturedDelivery): Sent {
  return { headers: Object.entries(headers), body: raw };
}

/** The real delivery as it was sent: good until something is changed in it. */
export function good(): Sent {
  return asSent(FIRST);
}

/** A delivery with MLflow's signature, by any secret. */
export function mlflow(body: string | Buffer, secret = CAPTURED_SECRET, timestamp = String(NOW), id = 'd-1'): Sent {
  const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return {
    headers: [
      ['X-MLflow-Delivery-Id', id],
      ['X-MLflow-Timestamp', timestamp],
      ['X-MLflow-Signature', `v1,${signature}`],
    ],
    body,
  };
}

/** A delivery with Databricks' signature, by any secret. */
export function databricks(body: string | Buffer, secret = CAPTURED_SECRET): Sent {
  return { headers: [['X-Databricks-Signature', createHmac('sha256', secret).update(body).digest('hex')]], body };
}

/** The body by which Databricks tells of a transition of the model `churn`. */
export function transition(over: object = {}): string {
  return JSON.stringify({ event: 'MODEL_VERSION_TRANSITIONED_STAGE', model_name: 'churn', text: 'churn', ...over });
}

/** A good delivery of Databricks. */
export function stage(): Sent {
  return databricks(transition());
}

/** Headers but for those of some names, which are given in lower case. */
export function without(headers: readonly Header[], ...names: string[]): Header[] {
  return headers.filter(([name]) => !names.includes(name.toLowerCase()));
}

/** A delivery with a header of another value. */
export function withHeader(sent: Sent, name: string, value: string): Sent {
  return { ...sent, headers: [...without(sent.headers, name.toLowerCase()), [name, value]] };
}

/** The value of a delivery's header. */
export function header({ headers }: Sent, name: string): string {
  return headers.find(([one]) => one.toLowerCase() === name.toLowerCase())?.[1] ?? '';
}
