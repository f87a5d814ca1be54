import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { readBody } from './http';
import type { HttpUrlSpec } from './webhook';

const TIMEOUT_MS = 10_000;
const RECEIVER_ANSWER_LIMIT = 1024 * 1024;

/** What a webhook's receiver answered. */
export interface Received {
  readonly status: number;
  readonly body: string;
}

/** `X-Databricks-Signature`: HMAC-SHA256 of the raw body in hex. */
export function signature(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** POSTs a body to a webhook's URL, signed if it has a secret. Redirects are not followed. */
export function post(target: HttpUrlSpec, body: string, signal?: AbortSignal): Promise<Received> {
  const url = new URL(target.url);
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      // Names under localhost are this machine (RFC 6761), whatever its resolver knows of them.
      ...(url.hostname.endsWith('.localhost') ? { hostname: '127.0.0.1' } : {}),
      headers: {
        host: url.host,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(target.secret ? { 'x-databricks-signature': signature(target.secret, body) } : {}),
        ...(target.authorization ? { authorization: target.authorization } : {}),
      },
      agent: false,
      rejectUnauthorized: target.enable_ssl_verification ?? true,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    } as Parameters<typeof httpsRequest>[1] & object);
    request.on('error', reject);
    request.once('response', (answer) => {
      readBody(answer, RECEIVER_ANSWER_LIMIT).then(
        (received) => resolve({ status: answer.statusCode ?? 0, body: received.toString('utf8') }),
        reject,
      );
    });
    request.end(body);
  });
}

/** Deliveries in the background: tried again a few times, then given up. */
export class Deliveries {
  private readonly pending = new Set<Promise<void>>();
  private readonly stop = new AbortController();

  /** @param delaysMs the waits before the second and every further attempt */
  constructor(
    private readonly log: (line: string) => void,
    private readonly delaysMs: readonly number[] = [500, 2_000, 5_000],
  ) {}

  /** Starts a delivery and returns. `label` names it in the log; neither body nor secrets are logged. */
  send(target: HttpUrlSpec, body: string, label: string): void {
    const delivery = this.deliver(target, body, label).finally(() => this.pending.delete(delivery));
    this.pending.add(delivery);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.stop.abort();
    await Promise.all(this.pending);
  }

  private async deliver(target: HttpUrlSpec, body: string, label: string): Promise<void> {
    for (const delay of [...this.delaysMs, undefined]) {
      const outcome = await post(target, body, this.stop.signal).then(
        ({ status }) => status,
        (error: Error) => error.message,
      );
      if (this.stop.signal.aborted) return;
      this.log(`webhook ${label}: ${outcome}`);
      const isFinal = typeof outcome === 'number' && outcome !== 429 && outcome < 500;
      if (isFinal || delay === undefined) return;
      await sleep(delay, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }
}
