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

/** The services that SageMaker's stand-in calls: objects and images to read, and a bus that remembers what SageMaker itself sends. */
export interface AwsDouble {
  readonly url: string;
  readonly objects: Map<string, Buffer>;
  readonly events: SeenEvent[];
  /** Images of every account, as `repository:tag` or `repository@digest`. */
  readonly images: Set<string>;
  /** The account that last asked for each object, and who asked for each image. */
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
    images: new Set(),
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
    if (request.method === 'POST') {
      const text = await textOf(request);
      const [service, action] = String(request.headers['x-amz-target']).split('.');
      if (service === 'AmazonEC2ContainerRegistry_V20150921') {
        return answerImage(String(action), JSON.parse(text), String(request.headers['x-amz-security-token']), response);
      }
      return putEvents(text, request, response, account);
    }
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

  function answerImage(
    action: string,
    { repositoryName, imageIds: [id] }: Images,
    by: string,
    response: ServerResponse,
  ) {
    const image = `${repositoryName}${id.imageDigest ? `@${id.imageDigest}` : `:${id.imageTag}`}`;
    double.readers.set(`${action} ${image}`, by);
    const type = 'application/x-amz-json-1.1';
    if (!double.images.has(image)) {
      const __type = action === 'BatchGetImage' ? 'RepositoryNotFoundException' : 'ImageNotFoundException';
      return end(response, 400, JSON.stringify({ __type, message: `${image} is missing` }), type);
    }
    end(response, 200, JSON.stringify({ imageDetails: [{}], images: [{}] }), type);
  }

  function putEvents(text: string, request: IncomingMessage, response: ServerResponse, account: string): void {
    const { Entries } = JSON.parse(text) as {
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

/** A request for images. */
interface Images {
  readonly repositoryName: string;
  readonly imageIds: readonly [{ readonly imageTag?: string; readonly imageDigest?: string }];
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function end(response: ServerResponse, status: number, body: string, type = 'application/xml'): void {
  response.writeHead(status, { 'Content-Type': type });
  response.end(body);
}
