import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A delivery of a real MLflow server, as its receiver saw it. */
export interface CapturedDelivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: string;
}

/** What the server signed with. */
export const CAPTURED_SECRET = 's3cr3t-key';

/** Those with a good signature. */
export const capturedDeliveries: readonly CapturedDelivery[] = readFileSync(
  join(__dirname, '../captured/webhook-deliveries.jsonl'),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as CapturedDelivery & { readonly sig_ok: boolean | null })
  .filter(({ sig_ok: good, raw }) => good === true && raw !== '');

/** Seconds since the epoch at which it was sent. */
export function sentAt({ headers }: CapturedDelivery): number {
  return Number(headers['X-MLflow-Timestamp']);
}
