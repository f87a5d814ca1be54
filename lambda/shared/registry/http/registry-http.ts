import { promisify } from 'node:util';
import { gunzip, type ZlibOptions } from 'node:zlib';
import { messageOf, RefusedError } from '../../errors';
import type { Authorization } from '../credentials';
import type { FilePosition, OpenedFile } from '../registry';
import { answerTo, type Silence } from './answer';
import { download } from './download';
import { failure, LateError, TooLargeError, whereOf } from './failure';
import type { FileBytes } from './file-bytes';
import { namesThisMachine } from './outside';
import { PATIENCE, Patience, type PatienceLimits } from './patience';

type Query = Readonly<Record<string, string | undefined>>;
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

const JSON_TIMEOUT_MS = 30_000;
const JSON_LIMITS: Silence = { connectMs: 10_000, answerMs: JSON_TIMEOUT_MS, idleMs: JSON_TIMEOUT_MS };
/** An answer of a page of versions is far below this; more is not an answer that this project asked for. */
const JSON_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * A server that proxies a store fetches the whole file before it sends the first byte, so that one may take minutes; after
 * it, and from stores themselves, bytes come one after the other.
 */
const PROXY_LIMITS: Silence = { connectMs: 10_000, answerMs: 600_000, idleMs: 60_000 };
const STORE_LIMITS: Silence = { connectMs: 10_000, answerMs: 60_000, idleMs: 60_000 };

/** How long is waited, where it is not as long as usual. */
export interface HttpLimits {
  /** While downloads are silent. */
  readonly silence?: Partial<Silence>;
  /** Where the registry says "not now". */
  readonly patience?: Partial<PatienceLimits>;
}

/** HTTP to one registry: authentication, JSON, files, and errors in this project's terms. Redirects are never followed. */
export class RegistryHttp {
  private readonly limits: Partial<Silence>;
  private readonly patience: Patience;
  /** A registry on this machine, as in a sandbox, has its store here too. */
  private readonly outside: boolean;

  /**
   * @param base the registry's URL without a trailing slash
   * @param authorization sent to this origin only
   */
  constructor(
    readonly base: string,
    private readonly authorization: Authorization,
    { silence = {}, patience = {} }: HttpLimits = {},
  ) {
    this.limits = silence;
    this.patience = new Patience({ ...PATIENCE, ...patience });
    this.outside = !namesThisMachine(new URL(base));
  }

  /** The JSON object that a GET answers. */
  async get(path: string, query: Query = {}): Promise<unknown> {
    return this.json('GET', path, query);
  }

  /** The JSON object that a request with a JSON body answers. */
  async send(method: Exclude<Method, 'GET'>, path: string, body?: unknown): Promise<unknown> {
    return this.json(method, path, {}, body);
  }

  /** The JSON object that one request answers, which is not sent again: for who has another way. */
  async once(method: 'GET' | 'POST', path: string, query: Query, body?: unknown): Promise<unknown> {
    return this.jsonOnce(method, this.url(path, query), body);
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
   * @throws RefusedError for an URL that would leave TLS while the registry itself is reached over TLS, or that leads to this
   * machine or its link, where the registry is not
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
      outside: this.outside,
      position,
      limits: { ...STORE_LIMITS, ...this.limits },
    });
  }

  private async json(method: Method, path: string, query: Query, body?: unknown): Promise<unknown> {
    const url = this.url(path, query);
    return this.patience.ask(method === 'GET', () => this.jsonOnce(method, url, body));
  }

  private async jsonOnce(method: Method, url: URL, body?: unknown): Promise<unknown> {
    const own = this.headers();
    const {
      status,
      headers,
      body: bytes,
    } = await answerTo({
      method,
      url,
      headers: {
        ...own,
        'accept-encoding': 'gzip',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      limits: JSON_LIMITS,
    });
    const read = (limit: number) => readText(url, bytes, headers['content-encoding'], limit);
    // Redirects are refused, too: what a registry says is data, not a place to go with our credentials.
    if (status < 200 || status >= 300) {
      const text = await read(64 * 1024).catch(() => '');
      const retryAfter = headers['retry-after'];
      throw failure({ url, status, retryAfter, text, headers: own, withCredentials: true, body });
    }
    const text = await read(JSON_LIMIT_BYTES);
    try {
      return text === '' ? {} : JSON.parse(text);
    } catch {
      // A proxy or a login page in front of the registry answers HTML with 200.
      throw new RefusedError(`${whereOf(url)} did not answer JSON: is this the address of an MLflow registry?`);
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

/**
 * A body as text.
 *
 * @throws TooLargeError beyond `limit` bytes, so that no answer can fill the memory; LateError where it takes too long
 */
async function readText(url: URL, body: FileBytes, encoding: string | undefined, limit: number): Promise<string> {
  const late = new LateError(`${whereOf(url)} did not answer in full within ${JSON_TIMEOUT_MS / 1000} s`);
  const timer = setTimeout(() => body.destroy(late), JSON_TIMEOUT_MS);
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      if (size > limit) {
        throw new TooLargeError(`${whereOf(url)} answered more than ${limit} bytes`);
      }
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    return (encoding === 'gzip' ? await unzip(url, bytes, limit) : bytes).toString('utf8');
  } finally {
    clearTimeout(timer);
  }
}

async function unzip(url: URL, bytes: Buffer, limit: number): Promise<Buffer> {
  try {
    return await promisify<Buffer, ZlibOptions, Buffer>(gunzip)(bytes, { maxOutputLength: limit });
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
      ? new TooLargeError(`${whereOf(url)} answered more than ${limit} bytes`)
      : new RefusedError(`${whereOf(url)} answered what is not gzip as it says (${messageOf(error)})`);
  }
}
