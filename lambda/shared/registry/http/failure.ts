import { RefusedError, TransientError } from '../../errors';
import { type Sent, withoutSecrets } from './secrets';

/** An answer that says no, with the registry's own error code. */
export class RegistryError extends RefusedError {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
  ) {
    super(message);
  }
}

/** An answer that is larger than what this project takes: fewer items at once may be. */
export class TooLargeError extends RefusedError {}

/** An answer that was not there in time, or not in full: fewer items at once may be. A server that hangs looks the same. */
export class LateError extends TransientError {}

/** An answer that says "not now", and perhaps when. */
export class BusyError extends TransientError {
  constructor(
    where: string,
    readonly status: number,
    retryAfterMs: number | undefined,
  ) {
    const when =
      retryAfterMs === undefined ? '' : `, and wants to be asked again after ${Math.ceil(retryAfterMs / 1000)} s`;
    super(`${where} answered ${status}${when}`, { retryAfterMs });
  }
}

/** A file that is another one than the one whose first bytes the caller has: the two must not be joined. */
export class FileChangedError extends RefusedError {}

/** An answer that says no, as far as an error needs it. */
export interface FailedAnswer extends Sent {
  readonly status: number;
  /** The header `Retry-After`. */
  readonly retryAfter: string | undefined;
  /** The beginning of its body. */
  readonly text: string;
}

/** An address as errors show it: a query may hold a signature. */
export function whereOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

/** An answer that says no, as an error in this project's terms. */
export function failure(answer: FailedAnswer): Error {
  const { url, status, retryAfter, text, withCredentials } = answer;
  const where = whereOf(url);
  // What is not implemented will not be after a while either.
  if (status === 429 || (status >= 500 && status !== 501)) {
    return new BusyError(where, status, retryAfterMs(retryAfter));
  }
  if (withCredentials && (status === 401 || status === 403)) {
    return new RegistryError(
      `${where} refused the credentials (${status}): check the registry's secret`,
      status,
      'DENIED',
    );
  }
  if (status >= 300 && status < 400) {
    return new RegistryError(
      withCredentials
        ? `${where} redirects elsewhere: put the final address into the registry's secret`
        : `${where} redirects elsewhere, and an address that the registry handed out is not followed any further`,
      status,
      'REDIRECT',
    );
  }
  const { code, message } = mlflowError(text, answer);
  return new RegistryError(`${where} answered ${status}${message ? `: ${message}` : ''}`, status, code);
}

/** A number of seconds or a date (RFC 9110, section 10.2.3); undefined for anything else. */
function retryAfterMs(header: string | undefined): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** No answer at all, as an error in this project's terms. */
export function unreachable(url: URL, error: unknown): TransientError {
  const parts = error instanceof Error ? [error, error.cause] : [error];
  const reasons = parts.filter((part) => part !== undefined).map((part) => reasonOf(part));
  return new TransientError(`${url.origin} cannot be reached (${reasons.join(': ')})`, { cause: error });
}

/** A host with several addresses fails with one error for each, and no text of its own. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.message || String((error as { code?: unknown }).code ?? error.name);
}

/** MLflow's error body, `{"error_code", "message"}`; anything else has neither. What it repeats of our secrets is not shown. */
function mlflowError(text: string, sent: Sent): { code: string; message: string } {
  try {
    const body = JSON.parse(text) as { error_code?: unknown; message?: unknown };
    const shown = (value: unknown) => withoutSecrets(String(value ?? ''), sent);
    return { code: shown(body.error_code), message: shown(body.message).slice(0, 500) };
  } catch {
    return { code: '', message: '' };
  }
}
