import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/** An object, with its entity tag. */
export interface FakeObject {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly contentType: string | undefined;
}

/** One request, as the fake understood it. */
export interface FakeCall {
  readonly operation: 'List' | 'Put' | 'Copy' | 'Head' | 'CreateUpload' | 'CopyPart' | 'Complete' | 'Abort';
  readonly bucket: string;
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
}

class S3Error extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
  ) {
    super(code);
  }
}

/** S3's pages have 1,000 objects. */
const FAKE_PAGE = 100;
/** S3's own bound for one copy, shrunk so that tests can pass it with little data. */
export const FAKE_COPY_MAX = 64;

/** The part of S3 that copies need, in memory, path-style on a loopback port. It refuses what S3 refuses. */
export class FakeS3 {
  readonly objects = new Map<string, FakeObject>();
  readonly calls: FakeCall[] = [];
  /** Uploads that were neither completed nor aborted. */
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** Most requests that were under way at once. */
  underWayMax = 0;
  /** May throw, or wait, before a call is worked on. */
  before: (call: FakeCall) => Promise<void> | void = () => undefined;
  private underWay = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FakeS3> {
    const fake = new FakeS3(
      createServer(async (request, response) => {
        fake.underWay += 1;
        fake.underWayMax = Math.max(fake.underWayMax, fake.underWay);
        try {
          const { headers = {}, xml = '' } = await fake.answer(request, await buffer(request));
          response.writeHead(200, headers).end(xml);
        } catch (error) {
          const { code, status } = error instanceof S3Error ? error : new S3Error('InternalError', 500);
          response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);
        } finally {
          fake.underWay -= 1;
        }
      }),
    );
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  client(over: S3ClientConfig = {}): S3Client {
    return new S3Client({
      endpoint: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      forcePathStyle: true,
      maxAttempts: 1,
      ...over,
    });
  }

  put(bucket: string, key: string, content: string | Buffer, contentType?: string): FakeObject {
    const bytes = Buffer.from(content);
    const object = { bytes, etag: `"${createHash('md5').update(bytes).digest('hex')}"`, contentType };
    this.objects.set(`${bucket}/${key}`, object);
    return object;
  }

  refuse(code: string, status: number): never {
    throw new S3Error(code, status);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(
    request: IncomingMessage,
    body: Buffer,
  ): Promise<{ headers?: Record<string, string>; xml?: string }> {
    const url = new URL(request.url ?? '', 'http://s3');
    const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const call = { operation: operationOf(request, url), bucket, key: rest.join('/'), headers: request.headers };
    this.calls.push(call);
    await this.before(call);
    const { headers } = request;
    const upload = url.searchParams.get('uploadId') ?? '';
    switch (call.operation) {
      case 'List':
        return { xml: this.list(bucket, url.searchParams) };
      case 'Head':
        return { headers: { etag: this.find(bucket, call.key).etag } };
      case 'Put':
        this.put(bucket, call.key, body, headers['content-type']);
        return {};
      case 'Copy': {
        const { bytes } = this.source(headers);
        if (bytes.length > FAKE_COPY_MAX) throw new S3Error('InvalidRequest', 400);
        this.put(bucket, call.key, bytes, headers['content-type']);
        return { xml: '<CopyObjectResult><ETag>"copied"</ETag></CopyObjectResult>' };
      }
      case 'CreateUpload': {
        const id = `upload-${this.calls.length}`;
        this.uploads.set(id, new Map());
        return { xml: `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>` };
      }
      case 'CopyPart': {
        const { bytes } = this.source(headers);
        const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(String(headers['x-amz-copy-source-range'])) ?? [];
        if (last === undefined || Number(last) >= bytes.length) throw new S3Error('InvalidRange', 416);
        const number = Number(url.searchParams.get('partNumber'));
        this.parts(upload).set(number, bytes.subarray(Number(first), Number(last) + 1));
        return { xml: `<CopyPartResult><ETag>"part-${number}"</ETag></CopyPartResult>` };
      }
      case 'Complete': {
        const parts = this.parts(upload);
        const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) =>
          Number(number),
        );
        if (named.some((number, index) => number !== index + 1 || !parts.has(number))) {
          throw new S3Error('InvalidPart', 400);
        }
        const bytes = Buffer.concat(named.map((number) => parts.get(number) ?? Buffer.alloc(0)));
        if (Number(headers['x-amz-mp-object-size']) !== bytes.length) throw new S3Error('InvalidRequest', 400);
        this.put(bucket, call.key, bytes);
        this.uploads.delete(upload);
        return { xml: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' };
      }
      case 'Abort':
        this.uploads.delete(upload);
        return {};
    }
  }

  private find(bucket: string, key: string): FakeObject {
    return this.objects.get(`${bucket}/${key}`) ?? this.refuse('NoSuchKey', 404);
  }

  private parts(upload: string): Map<number, Buffer> {
    return this.uploads.get(upload) ?? this.refuse('NoSuchUpload', 404);
  }

  /** What a copy is made of. Like S3, it reads a `+` as a space and `?` as the begin of a version. */
  private source(headers: IncomingMessage['headers']): FakeObject {
    const [path = ''] = String(headers['x-amz-copy-source']).split('?');
    const [bucket = '', ...key] = decodeURIComponent(path.replaceAll('+', ' ')).split('/');
    const object = this.find(bucket, key.join('/'));
    const wanted = headers['x-amz-copy-source-if-match'];
    if (wanted !== undefined && wanted !== object.etag) {
      throw new S3Error('PreconditionFailed', 412);
    }
    return object;
  }

  private list(bucket: string, query: URLSearchParams): string {
    const prefix = `${bucket}/${query.get('prefix') ?? ''}`;
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const page = keys.slice(0, FAKE_PAGE);
    const more = keys.length > page.length;
    const contents = page.map((key) => {
      const { bytes, etag } = this.objects.get(key) ?? this.refuse('InternalError', 500);
      const name = escapeXml(key.slice(bucket.length + 1));
      return `<Contents><Key>${name}</Key><Size>${bytes.length}</Size><ETag>${escapeXml(etag)}</ETag></Contents>`;
    });
    const token = more ? `<NextContinuationToken>${escapeXml(page.at(-1) ?? '')}</NextContinuationToken>` : '';
    return `<ListBucketResult>${contents.join('')}<IsTruncated>${more}</IsTruncated>${token}</ListBucketResult>`;
  }
}

function operationOf({ method, headers }: IncomingMessage, { searchParams: query }: URL): FakeCall['operation'] {
  const copies = headers['x-amz-copy-source'] !== undefined;
  switch (method) {
    case 'GET':
      return 'List';
    case 'HEAD':
      return 'Head';
    case 'DELETE':
      return 'Abort';
    case 'POST':
      return query.has('uploads') ? 'CreateUpload' : 'Complete';
    default:
      return copies ? (query.has('uploadId') ? 'CopyPart' : 'Copy') : 'Put';
  }
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
