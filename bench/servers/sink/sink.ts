import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { listen, type Server } from '../listen';
import { namedParts } from './complete-request';
import { encodeCrc32 } from './crc32';
import { Memory, Stored } from './memory';
import { LISTED_MAX, MultipartUpload, PART_BYTES_MIN } from './multipart';
import { type Received, receiveBody } from './receive-body';
import { errorXml, escapeXml, S3Error } from './s3-error';

/** The bucket that takes what S3 would not: one unsigned PUT of unknown length, which a pipe through curl makes. */
export const PIPE_BUCKET = 'pipes';

/** A request on an object, taken apart. */
interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly bucket: string;
  readonly key: string;
  readonly query: URLSearchParams;
}

/**
 * Where archives go: an HTTPS server with S3's path-style calls for objects, and its checks of sizes and checksums. Signatures
 * have to be there and are not verified: who may write is not what is measured.
 *
 * @param tls for tests of other things it may be left out: the sink speaks plain HTTP then
 * @param partBytesMin of every part but the last; less than S3's own only for tests of many parts
 */
export async function startSink(tls?: ServerOptions, partBytesMin = PART_BYTES_MIN): Promise<Server> {
  const sink = new Sink(partBytesMin);
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    sink.serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  };
  const options = { keepAliveTimeout: 60_000 };
  const server = tls ? createTlsServer({ ...tls, ...options }, listener) : createServer(options, listener);
  return listen(server, tls ? 'https' : 'http');
}

class Sink {
  private readonly uploads = new Map<string, MultipartUpload>();
  /** An object stays in the pieces in which it came: putting them together is S3's own matter and not measured. */
  private readonly objects = new Map<string, readonly Received[]>();
  /** How often each object was deleted. */
  private readonly deletions = new Map<string, number>();
  private readonly memory = new Memory();

  constructor(private readonly partBytesMin: number) {}

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'https://sink');
    const [, bucket = '', ...key] = decodeURIComponent(url.pathname).split('/');
    const call = { request, response, bucket, key: key.join('/'), query: url.searchParams };
    try {
      if (bucket !== PIPE_BUCKET && request.headers.authorization === undefined) {
        throw new S3Error(403, 'AccessDenied', 'Access Denied: the request is not signed');
      }
      await this.answer(call);
    } catch (error) {
      if (!(error instanceof S3Error)) {
        throw error;
      }
      request.resume();
      send(response, error.status, errorXml(error));
    }
  }

  private answer(call: Call): Promise<void> | void {
    const { request, query } = call;
    const upload = query.has('uploadId');
    if (query.has('list-type')) {
      return this.listObjects(call);
    }
    if (query.has('tagging')) {
      return this.forgetTags(call);
    }
    switch (`${request.method} ${query.has('uploads') ? 'uploads' : upload ? 'upload' : 'object'}`) {
      case 'POST uploads':
        return this.beginUpload(call);
      case 'PUT upload':
        return this.takePart(call);
      case 'GET upload':
        return this.listParts(call);
      case 'POST upload':
        return this.completeUpload(call);
      case 'DELETE upload':
        return this.abortUpload(call);
      case 'PUT object':
        return this.takeObject(call);
      case 'HEAD object':
      case 'GET object':
        return this.giveObject(call);
      case 'DELETE object':
        return this.deleteObject(call);
      default:
        throw new S3Error(501, 'NotImplemented', `${request.method} ${request.url} is not implemented here`);
    }
  }

  private beginUpload({ request, response, bucket, key }: Call): void {
    const algorithm = header(request, 'x-amz-checksum-algorithm');
    const type = header(request, 'x-amz-checksum-type');
    const upload = new MultipartUpload(key, { algorithm, type }, this.partBytesMin);
    this.uploads.set(upload.id, upload);
    send(
      response,
      200,
      `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><UploadId>${upload.id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  private async takePart({ request, response, key, query }: Call): Promise<void> {
    const upload = this.uploadOf(query, key);
    const number = MultipartUpload.numberOf(query.get('partNumber'));
    const received = await receiveBody(request, new Stored(this.memory));
    const checksum = received.checksummed ? { 'x-amz-checksum-crc32': encodeCrc32(received.crc32) } : {};
    response.writeHead(200, { etag: upload.add(number, received), ...checksum, 'content-length': 0 }).end();
  }

  private listParts({ response, key, query }: Call): void {
    const after = Number(query.get('part-number-marker') ?? '0');
    const { listed, more } = this.uploadOf(query, key).list(after, Number(query.get('max-parts') ?? LISTED_MAX));
    const parts = listed.map(
      ({ number, etag, size, crc32 }) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>${escapeXml(etag)}</ETag><Size>${size}</Size><ChecksumCRC32>${crc32}</ChecksumCRC32></Part>`,
    );
    const next = `<NextPartNumberMarker>${listed.at(-1)?.number ?? 0}</NextPartNumberMarker>`;
    send(
      response,
      200,
      `<ListPartsResult><IsTruncated>${more}</IsTruncated>${next}${parts.join('')}</ListPartsResult>`,
    );
  }

  private listObjects({ response, bucket, query }: Call): void {
    const prefix = `${bucket}/${query.get('prefix') ?? ''}`;
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const contents = keys.map((key) => {
      const size = (this.objects.get(key) ?? []).reduce((sum, piece) => sum + piece.size, 0);
      return `<Contents><Key>${escapeXml(key.slice(bucket.length + 1))}</Key><Size>${size}</Size></Contents>`;
    });
    send(response, 200, `<ListBucketResult><IsTruncated>false</IsTruncated>${contents.join('')}</ListBucketResult>`);
  }

  /** Objects have no tags here; that there are none afterwards is true. */
  private forgetTags({ request, response }: Call): void {
    if (request.method !== 'DELETE') {
      throw new S3Error(501, 'NotImplemented', 'Objects have no tags here');
    }
    response.writeHead(204).end();
  }

  private async completeUpload(call: Call): Promise<void> {
    const { request, response, bucket, key, query } = call;
    const upload = this.uploadOf(query, key);
    const deletions = this.deletions.get(`${bucket}/${key}`);
    const parts = upload.complete(namedParts(await text(request)), {
      size: header(request, 'x-amz-mp-object-size'),
      crc32: header(request, 'x-amz-checksum-crc32'),
      type: header(request, 'x-amz-checksum-type'),
    });
    this.checkCondition(call, deletions);
    this.uploads.delete(upload.id);
    this.objects.set(`${bucket}/${key}`, parts);
    send(
      response,
      200,
      `<CompleteMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${escapeXml(key)}</Key><ETag>&quot;${upload.id}-${parts.length}&quot;</ETag></CompleteMultipartUploadResult>`,
    );
  }

  /**
   * `If-None-Match: *`, as S3 checks it when an object is to appear (docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html).
   *
   * @param deletions of the object when the request began
   */
  private checkCondition({ request, bucket, key }: Call, deletions: number | undefined): void {
    const condition = header(request, 'if-none-match');
    if (condition === undefined) {
      return;
    }
    if (condition !== '*') {
      throw new S3Error(501, 'NotImplemented', 'A header you provided implies functionality that is not implemented');
    }
    if (this.objects.has(`${bucket}/${key}`)) {
      throw new S3Error(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
    }
    if (this.deletions.get(`${bucket}/${key}`) !== deletions) {
      throw new S3Error(409, 'ConditionalRequestConflict', 'A conflicting operation occurred on this resource');
    }
  }

  private abortUpload({ response, key, query }: Call): void {
    this.uploads.delete(this.uploadOf(query, key).id);
    response.writeHead(204).end();
  }

  private async takeObject({ request, response, bucket, key }: Call): Promise<void> {
    const received = await receiveBody(request, new Stored(this.memory), bucket !== PIPE_BUCKET);
    this.objects.set(`${bucket}/${key}`, [received]);
    response.writeHead(200, { etag: `"${encodeCrc32(received.crc32)}"`, 'content-length': 0 }).end();
  }

  private async giveObject({ request, response, bucket, key }: Call): Promise<void> {
    const pieces = this.objects.get(`${bucket}/${key}`);
    if (pieces === undefined) {
      throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.');
    }
    response.writeHead(200, { 'content-length': pieces.reduce((sum, { size }) => sum + size, 0) });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    await pipeline(Readable.from(bytesOf(pieces)), response);
  }

  private deleteObject({ response, bucket, key }: Call): void {
    for (const { stored } of this.objects.get(`${bucket}/${key}`) ?? []) {
      stored.release();
    }
    this.objects.delete(`${bucket}/${key}`);
    this.deletions.set(`${bucket}/${key}`, (this.deletions.get(`${bucket}/${key}`) ?? 0) + 1);
    response.writeHead(204).end();
  }

  private uploadOf(query: URLSearchParams, key: string): MultipartUpload {
    const upload = this.uploads.get(query.get('uploadId') ?? '');
    if (upload === undefined || upload.key !== key) {
      throw new S3Error(404, 'NoSuchUpload', 'The specified multipart upload does not exist.');
    }
    return upload;
  }
}

function* bytesOf(pieces: readonly Received[]): Generator<Buffer> {
  for (const { stored } of pieces) {
    yield* stored.pieces();
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function send(response: ServerResponse, status: number, xml: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) });
  response.end(xml);
}
