import { printable } from './printable';

/** How a fault that is expected to pass came about, and for how long it is. */
export interface TransientOptions extends ErrorOptions {
  /** For so many milliseconds the other side wants to be left alone; absent where it did not say. */
  readonly retryAfterMs?: number | undefined;
}

/** A fault that is expected to pass: the state machine tries the step again, with backoff and jitter. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { retryAfterMs, ...options }: TransientOptions = {}) {
    super(printable(message), options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Something that trying again will not mend: bad input, a model that cannot be deployed, missing rights. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options);
  }
}

/** Another execution holds the model's claim, so this one must not change anything any more. */
export class ClaimLostError extends Error {
  override readonly name = 'ClaimLostError';
}

/** The names, as Step Functions sees them in a Lambda's `errorType`. */
export const TRANSIENT_ERROR = 'TransientError';

/** What AWS's SDK says of an answer without a body, as each one to a HEAD is. */
const UNKNOWN_TO_SDK = 'UnknownError';

/** A text for people out of anything that was thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return error.message === UNKNOWN_TO_SDK && status !== undefined ? `answered ${status}` : error.message;
}
