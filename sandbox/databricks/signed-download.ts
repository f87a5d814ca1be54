import { createHmac, timingSafeEqual } from 'node:crypto';
import { ApiError } from './errors';

/** What a signed URL gives access to. */
export interface SignedFile {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/** Signed download URLs: whoever has one may read that one file for a while, without a token. */
export class SignedDownloads {
  /**
   * @param key signs; URLs signed with another one are refused
   * @param lifetimeMs how long a URL is good
   */
  constructor(
    private readonly key: Buffer,
    private readonly lifetimeMs = 15 * 60_000,
    private readonly now: () => number = Date.now,
  ) {}

  /** The query of a URL for a file. */
  sign({ name, version, path }: SignedFile): string {
    const expires = String(this.now() + this.lifetimeMs);
    const mac = this.mac(name, version, path, expires).toString('hex');
    return new URLSearchParams({ name, version, path, expires, signature: mac }).toString();
  }

  /**
   * The file that a URL's query is for.
   *
   * @throws ApiError 403 for a query that was changed, or is too old
   */
  verify(query: URLSearchParams): SignedFile {
    const field = (key: string) => query.get(key) ?? '';
    const [name, version, path, expires] = [field('name'), field('version'), field('path'), field('expires')];
    const expected = this.mac(name, version, path, expires);
    const given = Buffer.from(field('signature'), 'hex');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      throw new ApiError(403, 'PERMISSION_DENIED', 'The signature of this URL does not match.');
    }
    if (Number(expires) <= this.now()) throw new ApiError(403, 'PERMISSION_DENIED', 'This URL has expired.');
    return { name, version, path };
  }

  private mac(...fields: string[]): Buffer {
    return createHmac('sha256', this.key).update(JSON.stringify(fields)).digest();
  }
}
