import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { ApiError } from './errors';
import { parseObject, readBody, sendJson } from './http';

const OutageRequest = z.strictObject({
  /** How long the registry is away, unless it is told to come back before. */
  seconds: z.number().positive().max(120),
  /** Answers with this; without it nothing listens, as when a server is down. */
  status: z.int().min(400).max(599).exactOptional(),
});

/** What a test asks for: the registry goes away for some seconds. */
export type OutageRequest = z.input<typeof OutageRequest>;

/** Lets the registry go away, as tests tell it by `POST /_sandbox/outage`, and come back in time or by `DELETE`. */
export class Outage {
  private status: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** @throws ApiError with the status of an outage that is on */
  check(): void {
    if (this.status !== undefined) {
      throw new ApiError(this.status, 'TEMPORARILY_UNAVAILABLE', 'The sandbox was told to be away.');
    }
  }

  /** Answers the call that begins or ends an outage. */
  async answer(request: IncomingMessage, response: ServerResponse, server: Server): Promise<void> {
    if (request.method === 'DELETE') {
      this.status = undefined;
      this.close();
      return sendJson(response, 200, {});
    }
    const parsed = OutageRequest.safeParse(parseObject(await readBody(request)));
    if (!parsed.success) throw new ApiError(400, 'INVALID_PARAMETER_VALUE', z.prettifyError(parsed.error));
    const { seconds, status } = parsed.data;
    const { port } = server.address() as AddressInfo;
    response.once('close', () => {
      if (status === undefined) {
        server.close();
        server.closeAllConnections();
      } else {
        this.status = status;
      }
      this.timer = setTimeout(() => {
        this.status = undefined;
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
