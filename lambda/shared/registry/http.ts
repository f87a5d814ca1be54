import { Readable, Transform } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { messageOf, RefusedError, TransientError } from '../errors';
import type { Authorization } from './credentials';
import type { FilePosition, OpenedFile } from './registry';

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

type Query = Readonly<Record<string, string | undefined>>;

const JSON_TIMEOUT_MS = 30_000;
/** An answer of a page of versions is far below this; more is not an answer that this project asked for. */
const JSON_LIMIT_BYTES = 64 * 1024 * 1024;

/** HTTP to one registry: authentication, JSON, streams, and errors in this project's terms. */
export class RegistryHttp {
  /**
   * @param base the registry's URL without a trailing slash
   * @param authorization sent to this origin only
   */
  constructor(
    readonly base: string,
    private readonly authorization: Authorization,
  ) {}

  /** The JSON object that a GET answers. */
  async get(path: string, query: Query = {}): Promise<unknown> {
    return this.json('GET', path, query);
  }

  /** The JSON object that a request with a JSON body answers. */
  async send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    return this.json(method, path, {}, body);
  }

  /** The bytes that a GET answers; no time limit, since a file may be of any size. */
  async stream(path: string, query: Query, position?: FilePosition): Promise<OpenedFile> {
    return this.open(this.url(path, query), this.headers(), position);
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
    if (!URL.canParse(url) || !allowed.includes(new URL(url).protocol)) {
      throw new RefusedError(`the registry handed out a download address that is not ${allowed.join(' or ')}`);
    }
    return this.open(new URL(url), headers, position);
  }

  private async open(
    url: URL,
    headers: Readonly<Record<string, string>>,
    position?: FilePosition,
  ): Promise<OpenedFile> {
    const response = await this.fetch(url, { headers });
    if (!response.ok || !response.body) {
      throw await failure(response, url);
    }
    const bytes = Readable.fromWeb(response.body as ReadableStream);
    return { bytes: position ? (bytes.compose(skip(position.offset)) as Readable) : bytes };
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
      throw await failure(response, url);
    }
    const text = await readText(response, JSON_LIMIT_BYTES);
    try {
      return text === '' ? {} : JSON.parse(text);
    } catch {
      // A proxy or a login page in front of the registry answers HTML with 200.
      throw new RefusedError(
        `${url.origin}${url.pathname} did not answer JSON: is this the address of an MLflow registry?`,
      );
    }
  }

  /** Redirects are refused: what a registry says is data, not a place to go with our credentials. */
  private async fetch(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { ...init, redirect: 'manual' });
    } catch (error) {
      const cause = error instanceof Error && error.cause ? `: ${messageOf(error.cause)}` : '';
      throw new TransientError(`${url.origin} cannot be reached (${messageOf(error)}${cause})`, { cause: error });
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

async function failure(response: Response, url: URL): Promise<Error> {
  const where = `${url.origin}${url.pathname}`;
  const { status } = response;
  const text = await readText(response, 64 * 1024).catch(() => '');
  if (status === 429 || status >= 500) {
    return new TransientError(`${where} answered ${status}`);
  }
  if (status === 401 || status === 403) {
    return new RegistryError(
      `${where} refused the credentials (${status}): check the registry's secret`,
      status,
      'DENIED',
    );
  }
  if (status >= 300 && status < 400) {
    return new RegistryError(
      `${where} redirects elsewhere: put the final address into the registry's secret`,
      status,
      'REDIRECT',
    );
  }
  const { code, message } = mlflowError(text);
  return new RegistryError(`${where} answered ${status}${message ? `: ${message}` : ''}`, status, code);
}

/** MLflow's error body, `{"error_code", "message"}`; anything else has neither. */
function mlflowError(text: string): { code: string; message: string } {
  try {
    const body = JSON.parse(text) as { error_code?: unknown; message?: unknown };
    return { code: String(body.error_code ?? ''), message: String(body.message ?? '').slice(0, 500) };
  } catch {
    return { code: '', message: '' };
  }
}

/** A body as text, refused beyond `limit` bytes so that no answer can fill the memory. */
async function readText(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) {
      throw new RefusedError(`${response.url} answered more than ${limit} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Drops the first `count` bytes. */
function skip(count: number): Transform {
  let left = count;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const dropped = Math.min(left, chunk.length);
      left -= dropped;
      done(null, chunk.subarray(dropped));
    },
  });
}
