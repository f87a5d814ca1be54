import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { combineCrc32 } from '../../../lambda/create/archive/checksum/combine';
import { checksumHeader } from '../../../lambda/create/archive/upload/multipart';

/** S3's smallest part, except for the last one (docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
const PART_BYTES_MIN = 5 * 1024 * 1024;
const LISTED_MAX = 1_000;
const CRC32 = 'x-amz-checksum-crc32';

/** A running server. */
export interface StrictS3 {
  readonly url: string;
  close(): Promise<void>;
}

export interface StrictS3Settings {
  /** HTTPS with this certificate. @default plain HTTP */
  readonly tls?: ServerOptions;
  /** Smallest part. @default S3's own minimum */
  readonly partBytesMin?: number | undefined;
  /** Awaited before the next bytes of a body are read: a slow link. @default none */
  readonly pass?: (bytes: number) => Promise<void>;
}

/** Bytes that the server received, with the CRC32 that it computed. */
interface Received {
  readonly bytes: Buffer;
  readonly crc: number;
  readonly etag: string;
}

interface Upload {
  readonly key: string;
  readonly checksummed: boolean;
  readonly parts: Map<number, Received>;
}

class S3Error extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/**
 * Starts the part of S3 that archives need, in memory, path-style, on a port of 127.0.0.1. It rejects what S3 rejects: small,
 * missing and unordered parts, and sizes and checksums that do not match the bytes. It does not verify signatures.
 */
export async function startStrictS3(settings: StrictS3Settings = {}): Promise<StrictS3> {
  const s3 = new Objects(settings);
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    s3.serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  };
  const options = { keepAliveTimeout: 60_000 };
  const server = settings.tls
    ? createTlsServer({ ...settings.tls, ...options }, listener)
    : createServer(options, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${settings.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Objects {
  private readonly uploads = new Map<string, Upload>();
  private readonly objects = new Map<string, readonly Received[]>();
  /** How often each object was deleted. */
  private readonly deletions = new Map<string, number>();
  /** Memory of deleted objects. On a virtual machine, a fresh page costs more than all else that happens to its bytes. */
  private readonly free: Buffer[] = [];

  constructor(private readonly settings: StrictS3Settings) {}

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://s3');
    const key = decodeURIComponent(url.pathname.slice(1));
    try {
      if (request.headers.authorization === undefined) {
        throw new S3Error('AccessDenied', 'The request is not signed', 403);
      }
      await this.answer(request, response, key, url.searchParams);
    } catch (error) {
      if (!(error instanceof S3Error)) {
        throw error;
      }
      const { code, message, status } = error;
      request.resume();
      send(response, `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`, status);
    }
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    query: URLSearchParams,
  ): Promise<void> {
    const id = query.get('uploadId');
    if (query.has('list-type')) {
      return send(response, this.list(`${key.replace(/\/$/, '')}/`, query.get('prefix') ?? ''));
    }
    if (query.has('tagging')) {
      // Objects have no tags here, so there are none to delete.
      return void response.writeHead(request.method === 'DELETE' ? 204 : 501).end();
    }
    switch (`${request.method} ${query.has('uploads') ? 'uploads' : id === null ? 'object' : 'upload'}`) {
      case 'POST uploads':
        return send(response, `<Any><UploadId>${this.begin(request, key)}</UploadId></Any>`);
      case 'PUT upload': {
        const part = await this.receive(request, this.upload(id, key).checksummed);
        this.upload(id, key).parts.set(Number(query.get('partNumber')), part);
        return void response.writeHead(200, { etag: part.etag, 'content-length': 0 }).end();
      }
      case 'GET upload':
        return send(response, listing(this.upload(id, key), query));
      case 'POST upload': {
        const deletions = this.deletions.get(key);
        const parts = this.complete(this.upload(id, key), request.headers, await text(request));
        this.checkCondition(request, key, deletions);
        this.objects.set(key, parts);
        this.uploads.delete(id ?? '');
        return send(response, '<CompleteMultipartUploadResult><ETag>"any"</ETag></CompleteMultipartUploadResult>');
      }
      case 'DELETE upload':
        this.upload(id, key);
        this.uploads.delete(id ?? '');
        return void response.writeHead(204).end();
      case 'PUT object': {
        const object = await this.receive(request, undefined);
        this.objects.set(key, [object]);
        return void response.writeHead(200, { etag: object.etag, 'content-length': 0 }).end();
      }
      case 'GET object':
      case 'HEAD object': {
        const parts = this.objects.get(key);
        if (parts === undefined) {
          throw new S3Error('NoSuchKey', `There is no object ${key}`, 404);
        }
        response.writeHead(200, { 'content-length': sizeOf(parts) });
        return pipeline(Readable.from(request.method === 'GET' ? parts.map(({ bytes }) => bytes) : []), response);
      }
      case 'DELETE object':
        this.free.push(...(this.objects.get(key) ?? []).map(({ bytes }) => Buffer.from(bytes.buffer)));
        this.objects.delete(key);
        this.deletions.set(key, (this.deletions.get(key) ?? 0) + 1);
        return void response.writeHead(204).end();
      default:
        throw new S3Error('NotImplemented', `${request.method} ${request.url} is not implemented here`, 501);
    }
  }

  /**
   * `If-None-Match: *`, as S3 checks it when an object is to appear (docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
   *
   * @param deletions of the object when the request began
   */
  private checkCondition({ headers }: IncomingMessage, key: string, deletions: number | undefined): void {
    const condition = headers['if-none-match'];
    if (condition === undefined) {
      return;
    }
    if (condition !== '*') {
      throw new S3Error('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
    }
    if (this.objects.has(key)) {
      throw new S3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
    }
    if (this.deletions.get(key) !== deletions) {
      throw new S3Error('ConditionalRequestConflict', 'A conflicting operation occurred on this resource', 409);
    }
  }

  private list(bucket: string, prefix: string): string {
    const found = [...this.objects].filter(([key]) => key.startsWith(`${bucket}${prefix}`)).sort();
    const contents = found.map(([key, parts]) => {
      const name = escapeXml(key.slice(bucket.length));
      return `<Contents><Key>${name}</Key><Size>${sizeOf(parts)}</Size></Contents>`;
    });
    return `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`;
  }

  private begin({ headers }: IncomingMessage, key: string): string {
    const algorithm = headers['x-amz-checksum-algorithm'];
    const type = headers['x-amz-checksum-type'];
    if (algorithm !== undefined && (algorithm !== 'CRC32' || type !== 'FULL_OBJECT')) {
      throw new S3Error(
        'NotImplemented',
        `${algorithm} of type ${type} is not checked here: use CRC32, FULL_OBJECT`,
        501,
      );
    }
    const id = randomUUID();
    this.uploads.set(id, { key, checksummed: algorithm !== undefined, parts: new Map() });
    return id;
  }

  private upload(id: string | null, key: string): Upload {
    const upload = this.uploads.get(id ?? '');
    if (upload === undefined || upload.key !== key) {
      throw new S3Error('NoSuchUpload', 'The specified multipart upload does not exist.', 404);
    }
    return upload;
  }

  /** @param checksummed whether the body has to have a CRC32; undefined where it may have one */
  private async receive(request: IncomingMessage, checksummed: boolean | undefined): Promise<Received> {
    const { headers } = request;
    const [length, hashed] = [Number(headers['content-length']), String(headers['x-amz-content-sha256'])];
    if (Number.isNaN(length) || hashed.startsWith('STREAMING-')) {
      throw new S3Error('NotImplemented', 'aws-chunked bodies are not read here: send a Content-Length', 501);
    }
    const index = this.free.findIndex((memory) => memory.length >= length);
    const memory = index === -1 ? Buffer.allocUnsafeSlow(length) : (this.free.splice(index, 1)[0] as Buffer);
    const bytes = memory.subarray(0, length);
    let [filled, crc] = [0, 0];
    for await (const piece of request as AsyncIterable<Buffer>) {
      await this.settings.pass?.(piece.length);
      filled += piece.copy(bytes, filled);
      crc = crc32(piece, crc);
    }
    if (filled !== length) {
      throw new S3Error('IncompleteBody', `The body has ${filled} bytes, and ${length} were declared`);
    }
    if (hashed !== 'UNSIGNED-PAYLOAD' && hashed !== createHash('sha256').update(bytes).digest('hex')) {
      throw new S3Error('XAmzContentSHA256Mismatch', 'x-amz-content-sha256 does not match the body');
    }
    const claimed = headers[CRC32];
    if (checksummed !== undefined && checksummed !== (claimed !== undefined)) {
      throw new S3Error('InvalidRequest', 'Checksum Type mismatch occurred between the part and its upload');
    }
    if (claimed !== undefined && claimed !== checksumHeader(crc)) {
      throw new S3Error('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
    }
    return { bytes, crc, etag: `"${randomUUID()}"` };
  }

  private complete({ parts }: Upload, headers: IncomingMessage['headers'], xml: string): readonly Received[] {
    const named = [...xml.matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
      number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
      etag: `"${(/<ETag>([^<]*)</.exec(part)?.[1] ?? '').replaceAll(/&quot;|"/g, '')}"`,
    }));
    const whole = named.map(({ number, etag }, index) => {
      const part = parts.get(number);
      if (part?.etag !== etag) {
        throw new S3Error('InvalidPart', `Part ${number} could not be found, or is not the one that was uploaded.`);
      }
      if (number <= (named[index - 1]?.number ?? 0)) {
        throw new S3Error('InvalidPartOrder', 'The list of parts was not in ascending order.');
      }
      if (index < named.length - 1 && part.bytes.length < (this.settings.partBytesMin ?? PART_BYTES_MIN)) {
        throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
      }
      return part;
    });
    const size = headers['x-amz-mp-object-size'];
    if (whole.length === 0 || (size !== undefined && Number(size) !== sizeOf(whole))) {
      throw new S3Error(
        'InvalidRequest',
        `The object has ${sizeOf(whole)} bytes, and x-amz-mp-object-size says ${size}`,
      );
    }
    const crc = whole.reduce((sum, part) => combineCrc32(sum, part.crc, part.bytes.length), 0);
    if (headers[CRC32] !== undefined && headers[CRC32] !== checksumHeader(crc)) {
      throw new S3Error('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
    }
    return whole;
  }
}

function listing({ parts }: Upload, query: URLSearchParams): string {
  const after = Number(query.get('part-number-marker') ?? 0);
  const most = Math.min(LISTED_MAX, Number(query.get('max-parts') ?? LISTED_MAX));
  const all = [...parts].filter(([number]) => number > after).sort(([first], [second]) => first - second);
  const listed = all
    .slice(0, most)
    .map(
      ([number, { etag, bytes }]) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag><Size>${bytes.length}</Size></Part>`,
    );
  // S3 sends a marker with the last page too.
  const marker = `<NextPartNumberMarker>${all[listed.length - 1]?.[0] ?? 0}</NextPartNumberMarker>`;
  const truncated = `<IsTruncated>${all.length > listed.length}</IsTruncated>`;
  return `<ListPartsResult>${truncated}${marker}${listed.join('')}</ListPartsResult>`;
}

function sizeOf(parts: readonly Received[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function send(response: ServerResponse, xml: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
