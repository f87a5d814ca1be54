import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Accounts } from './accounts';
import { answerCalls, Calls } from './calls';
import { answerResource, type ResourceHandlers } from './cloudformation';
import { answerFaults, Faults } from './faults';
import { answer, headersOf } from './http';
import { answerJson, type Endpoint, type Host } from './protocol';

/** What a server of stand-ins answers with. */
export interface ServerOptions {
  /** The port to listen on; 0 takes a free one. */
  readonly port: number;
  /** Where MiniStack is, which knows the sessions of assumed roles. */
  readonly awsEndpoint: string;
  readonly log: (line: string) => void;
  readonly endpoints: readonly Endpoint[];
  /** Names that can fail on request beside the endpoints' actions. */
  readonly otherActions?: readonly string[];
  /** The CloudFormation types that are made here, which MiniStack asks for. */
  readonly resources?: (host: Host) => ResourceHandlers;
  /** Answers what is not AWS JSON; undefined when the path is none of its own. */
  readonly route?: (
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    host: Host,
  ) => Promise<void> | undefined;
}

/** A server that listens. */
export interface ListeningServer {
  readonly url: string;
  /** Stops listening and ends the connections. */
  close(): Promise<void>;
}

/**
 * Starts a server on a loopback port: the services by their targets, `POST /_cloudformation` (see cloudformation.ts),
 * `GET /health`, `/_sandbox/faults` (see faults.ts) and `/_sandbox/calls` (see calls.ts).
 *
 * @throws Error when the port is taken
 */
export async function startServer(options: ServerOptions): Promise<ListeningServer> {
  const { endpoints, log } = options;
  const actions = [...endpoints.flatMap(({ actionNames }) => actionNames), ...(options.otherActions ?? [])];
  const host: Host = { accounts: new Accounts(options.awsEndpoint), faults: new Faults(new Set(actions)) };
  const resources = options.resources?.(host) ?? new Map();
  const calls = new Calls(new Map(endpoints.map(({ targetPrefix, signingName }) => [targetPrefix, signingName])));

  const route = (request: IncomingMessage, response: ServerResponse): Promise<void> | void => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    calls.record(headersOf(request));
    if (request.method === 'GET' && path === '/health')
      return answer(response, 200, { 'content-type': 'text/plain' }, 'ok');
    if (path === '/_sandbox/faults') return answerFaults(request, response, host.faults);
    if (request.method === 'GET' && path === '/_sandbox/calls') return answerCalls(response, calls);
    if (request.method === 'POST' && path === '/_cloudformation') return answerResource(request, response, resources);
    if (request.method === 'POST' && path === '/') return answerJson(request, response, endpoints, host);
    return (
      options.route?.(request, response, path, host) ??
      answer(response, 404, { 'content-type': 'text/plain' }, 'not found')
    );
  };

  const server = createServer((request, response) => {
    Promise.resolve(route(request, response)).catch((error: unknown) => {
      log(`A request broke off: ${String(error)}`);
      response.destroy();
    });
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
