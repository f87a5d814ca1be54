import { RefusedError } from '../errors';
import type { Authorization } from './credentials';
import type { DownloadLimits } from './downloads/answer';
import { download } from './downloads/download';
import { failure, TooLargeError, unreachable, whereOf } from './http-failure';
import type { FilePosition, OpenedFile } from './registry';

type Query = Readonly<Record<string, string | undefined>>;

const JSON_TIMEOUT_MS = 30_000;
/** An answer of a page of versions is far below this; more is not an answer that this project asked for. */
const JSON_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * A server that proxies a store fetches the whole file before it sends the first byte, so that one may take minutes; after
 * it, and from stores themselves, bytes come one after the other.
 */
const PROXY_LIMITS: DownloadLimits = { connectMs: 10_000, answerMs: 600_000, idleMs: 60_000 };
const STORE_LIMITS: DownloadLimits = { connectMs: 10_000, answerMs: 60_000, idleMs: 60_000 };

/** HTTP to one registry: authentication, JSON, files, and errors in this project's terms. Redirects are never followed. */
export class RegistryHttp {
  /**
   * @param base the registry's URL without a trailing slash
   * @param authorization sent to this origin only
   * @param limits how long downloads may be silent, where it is not as long as usual
   */
  constructor(
    readonly base: string,
    private readonly authorization: Authorization,
    private readonly limits: Partial<DownloadLimits> = {},
  ) {}

  /** The JSON object that a GET answers. */
  async get(path: string, query: Query = {}): Promise<unknown> {
    return this.json('GET', path, query);
  }

  /** The JSON object that a request with a JSON body answers. */
  async send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    return this.json(method, path, {}, body);
  }

  /** The bytes of a file that the registry itself sends, from a position on. */
  async stream(path: string, query: Query, position?: FilePosition): Promise<OpenedFile> {
    const { bytes } = await download({
      url: this.url(path, query),
      headers: this.headers(),
      withCredentials: true,
      // MLflow makes a new entity tag for each answer from a store that is not a folder, so its tags tell nothing.
      position: { offset: position?.offset ?? 0 },
      limits: { ...PROXY_LIMITS, ...this.limits },
    });
    return { bytes };
  }

  /**
   * The bytes behind an URL that the registry handed out, with that URL's own headers and never with our credentials.
   *
   * @throws RefusedError for an URL that would leave TLS while the registry itself is reached over TLS
   */
  async streamSigned(
    url: string,
    headers: Readonly<Record<string, string>>,
    position?: FilePosition,
  ): Promise<OpenedFile> {
    const allowed = this.base.startsWith('https:') ? ['https:'] : ['https:', 'http:'];
    const address = URL.canParse(url) ? new URL(url) : undefined;
    if (address === undefined || !allowed.includes(address.protocol) || address.username || address.password) {
      throw new RefusedError(
        `the registry handed out a download address that is not ${allowed.join(' or ')} without a user's name`,
      );
    }
    return download({
      url: address,
      headers,
      withCredentials: false,
      position,
      limits: { ...STORE_LIMITS, ...this.limits },
    });
  }

  private async json(method: string, path: string, query: Query, body?: unknown): Promise<unknown> {
    const url = this.url(path, query);
    const response = await this.fetch(url, {
      method,
      headers: { ...this.headers(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(JSON_TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) {
      const text = await readText(response, 64 * 1024).catch(() => '');
      throw failure({ url, status: response.status, text, withCredentials: true });
    }
    const text = await readText(response, JSON_LIMIT_BYTES);
    try {
      return text === '' ? {} : JSON.parse(text);
    } catch {
      // A proxy or a login page in front of the registry answers HTML with 200.
      throw new RefusedError(`${whereOf(url)} did not answer JSON: is this the address of an MLflow registry?`);
    }
  }

  /** Redirects are refused: what a registry says is data, not a place to go with our credentials. */
  private async fetch(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { ...init, redirect: 'manual' });
    } catch (error) {
      throw unreachable(url, error);
    }
  }

  private url(path: string, query: Query): URL {
    const url = new URL(`${this.base}${path}`);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) {
        url.searchParams.set(key, value);
      }
    }
    return url;
  }

  private headers(): Record<string, string> {
    switch (this.authorization.kind) {
      case 'bearer':
        return { authorization: `Bearer ${this.authorization.token}` };
      case 'basic': {
        const { username, password } = this.authorization;
        return { authorization: `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}` };
      }
      case 'none':
        return {};
    }
  }
}

/** A body as text, refused beyond `limit` bytes so that no answer can fill the memory. */
async function readText(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) {
      throw new TooLargeError(`${response.url} answered more than ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
