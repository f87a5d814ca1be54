import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An event as it reached the bus, with the access key that sent it. */
export interface SeenEvent {
  readonly account: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Resources: readonly string[];
  readonly detail: Record<string, unknown>;
}

/** The two services that SageMaker's stand-in calls: objects to read, and a bus that remembers what SageMaker itself sends. */
export interface AwsDouble {
  readonly url: string;
  readonly objects: Map<string, Buffer>;
  readonly events: SeenEvent[];
  /** The account that last asked for each object. */
  readonly readers: Map<string, string>;
  /** What the bus answers for each entry from now on, instead of taking it. */
  refusal: { ErrorCode: string; ErrorMessage: string } | undefined;
  close(): Promise<void>;
}

export async function startAwsDouble(): Promise<AwsDouble> {
  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  const double: AwsDouble = {
    url: '',
    objects: new Map(),
    events: [],
    readers: new Map(),
    refusal: undefined,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const account = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const url = new URL(request.url ?? '/', 'http://double');
    if (request.method === 'POST') return putEvents(request, response, account);
    if (url.searchParams.has('list-type')) return list(url, response);
    const key = decodeURIComponent(url.pathname.slice(1));
    double.readers.set(key, account);
    const object = double.objects.get(key);
    if (!object) return end(response, 404, '<Error><Code>NoSuchKey</Code><Message>missing</Message></Error>');
    response.setHeader('ETag', '"0123456789abcdef"');
    response.setHeader('Content-Length', object.length);
    response.end(request.method === 'HEAD' ? undefined : object);
  }

  function list(url: URL, response: ServerResponse): void {
    const bucket = url.pathname.replaceAll('/', '');
    const wanted = `${bucket}/${url.searchParams.get('prefix')}`;
    const keys = [...double.objects.keys()].filter((key) => key.startsWith(wanted));
    const contents = keys.map((key) => `<Contents><Key>${key.slice(bucket.length + 1)}</Key></Contents>`).join('');
    end(response, 200, `<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`);
  }

  async function putEvents(request: IncomingMessage, response: ServerResponse, account: string): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { Entries } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      Entries: (SeenEvent & { Detail: string })[];
    };
    const asService = request.headers['x-service-principal'] === 'sagemaker.amazonaws.com';
    const refusal = asService
      ? double.refusal
      : { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'not a service' };
    if (!refusal) {
      for (const { Detail, ...entry } of Entries) double.events.push({ ...entry, account, detail: JSON.parse(Detail) });
    }
    const answers = Entries.map(() => refusal ?? { EventId: 'event' });
    const body = { FailedEntryCount: refusal ? Entries.length : 0, Entries: answers };
    end(response, 200, JSON.stringify(body), 'application/x-amz-json-1.1');
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(double, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function end(response: ServerResponse, status: number, body: string, type = 'application/xml'): void {
  response.writeHead(status, { 'Content-Type': type });
  response.end(body);
}
