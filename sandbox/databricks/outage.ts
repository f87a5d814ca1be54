import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { ApiError } from './errors';
import { parseObject, readBody, sendJson } from './http';

const OutageRequest = z.strictObject({
  /** How long the registry is away, unless it is told to come back before. */
  seconds: z.number().positive().max(120),
  /** Answers with this; without it nothing listens, as when a server is down, and nothing of what follows counts. */
  status: z.int().min(400).max(599).exactOptional(),
  /** Says in how many seconds to come again. */
  retryAfter: z.int().positive().exactOptional(),
  /** As much of all calls, at random, is answered so; the rest gets through. */
  share: z.number().positive().max(1).default(1),
  /** Only calls that name this model are answered so. */
  model: z.string().min(1).exactOptional(),
  /** Only calls whose path ends so are answered so. */
  path: z.string().min(1).exactOptional(),
  /** Repeats in the answer what the caller sent, credentials and all, as careless servers do. */
  echo: z.boolean().default(false),
});

/** What a test asks for: the registry goes away for some seconds, for all calls or for some. */
export type OutageRequest = z.input<typeof OutageRequest>;

/** Lets the registry go away, as tests tell it by `POST /_sandbox/outage`, and come back in time or by `DELETE`. */
export class Outage {
  private on: z.output<typeof OutageRequest> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Calls that the last outage kept from getting through. */
  private refused = 0;

  /** @throws ApiError with the status of an outage that is on and meets the call */
  check({ headers, method, url = '' }: IncomingMessage): void {
    if (this.on?.status === undefined || !meets(this.on, url)) {
      return;
    }
    const { status, retryAfter, echo } = this.on;
    this.refused += 1;
    const heard = echo ? ` It heard ${method} ${url} with authorization: ${headers.authorization}.` : '';
    throw new ApiError(
      status,
      'TEMPORARILY_UNAVAILABLE',
      `The sandbox was told to be away.${heard}`,
      retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
    );
  }

  /** Answers the call that begins or ends an outage, or asks how many calls the last one met. */
  async answer(request: IncomingMessage, response: ServerResponse, server: Server): Promise<void> {
    if (request.method === 'GET') {
      return sendJson(response, 200, { refused: this.refused });
    }
    if (request.method === 'DELETE') {
      this.on = undefined;
      this.close();
      return sendJson(response, 200, { refused: this.refused });
    }
    const parsed = OutageRequest.safeParse(parseObject(await readBody(request)));
    if (!parsed.success) throw new ApiError(400, 'INVALID_PARAMETER_VALUE', z.prettifyError(parsed.error));
    const { seconds, status } = parsed.data;
    const { port } = server.address() as AddressInfo;
    this.close();
    response.once('close', () => {
      this.refused = 0;
      if (status === undefined) {
        server.close();
        server.closeAllConnections();
      } else {
        this.on = parsed.data;
      }
      this.timer = setTimeout(() => {
        this.on = undefined;
        if (!server.listening) server.listen(port, '127.0.0.1');
      }, seconds * 1000);
    });
    response.shouldKeepAlive = false;
    sendJson(response, 200, {});
  }

  /** Forgets the return that is planned. */
  close(): void {
    clearTimeout(this.timer);
  }
}

function meets({ share, model, path = '' }: z.output<typeof OutageRequest>, url: string): boolean {
  const [before = '', query] = url.split('?');
  // A search names its model within a filter, in quotation marks.
  const named = [...new URLSearchParams(query).values()].some(
    (value) => value === model || /(['"])(.*)\1/.exec(value)?.[2] === model,
  );
  return before.endsWith(path) && (model === undefined || named) && Math.random() < share;
}
