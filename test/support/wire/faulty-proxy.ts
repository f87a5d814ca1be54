import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What is answered in place of a server, or in place of its answer when it has done what it was asked. */
export interface Fault {
  readonly when: 'before' | 'after';
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body: string;
}

/** An error as S3 says it. */
export function s3Fault(code: string, status: number, when: Fault['when'] = 'before'): Fault {
  return { when, status, body: `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>` };
}

/** A real server in front of another one, which lets requests through or not as a test says. */
export interface FaultyProxy {
  readonly url: string;
  /** `<method> <kind>` of each request, as `kindOf` calls it. */
  readonly asked: string[];
  /** Undefined lets the request through. */
  fault: (kind: string) => Fault | undefined;
  close(): Promise<void>;
}

/** S3's operations as far as they matter here, by what their requests look like. */
export function s3Operation({ method, url = '', headers }: IncomingMessage): string {
  const { searchParams: query } = new URL(url, 'http://s3');
  const copies = headers['x-amz-copy-source'] !== undefined;
  switch (method) {
    case 'POST':
      return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
    case 'PUT':
      return query.has('uploadId') ? (copies ? 'UploadPartCopy' : 'UploadPart') : copies ? 'CopyObject' : 'PutObject';
    case 'DELETE':
      return query.has('uploadId') ? 'AbortMultipartUpload' : 'Delete';
    case 'HEAD':
      return 'HeadObject';
    default:
      return query.has('uploadId') ? 'ListParts' : 'List';
  }
}

export async function startFaultyProxy(
  target: string,
  kindOf: (request: IncomingMessage) => string,
): Promise<FaultyProxy> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const kind = kindOf(request);
    proxy.asked.push(kind);
    const fault = proxy.fault(kind);
    if (fault?.when === 'before') {
      response.writeHead(fault.status, fault.headers).end(fault.body);
    } else {
      forward(target, request, body, response, fault);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultyProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    fault: () => undefined,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function forward(
  target: string,
  { method = 'GET', url = '', headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  fault: Fault | undefined,
): void {
  const { 'transfer-encoding': _coding, ...rest } = headers;
  const length = body.length > 0 || 'content-length' in headers ? { 'content-length': body.length } : {};
  const sent = send(new URL(url, target), { method, headers: { ...rest, ...length } }, async (answer) => {
    const bytes = await buffer(answer);
    if (fault === undefined) {
      response.writeHead(answer.statusCode ?? 500, answer.headers).end(bytes);
    } else {
      response.writeHead(fault.status, fault.headers).end(fault.body);
    }
  });
  sent.on('error', () => response.destroy());
  sent.end(body);
}
