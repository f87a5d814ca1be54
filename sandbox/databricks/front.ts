import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authorize } from './authorize';
import { Deliveries } from './delivery';
import { ApiError } from './errors';
import { payload } from './events';
import { forward } from './forward';
import { sendError, sendJson } from './http';
import { MLFLOW_API, requireModel } from './model-versions';
import { OBSERVERS } from './observe';
import { ObservedCalls } from './observed-call';
import { Outage } from './outage';
import { Requests } from './requests';
import { SignedDownloads } from './signed-download';
import { Upstream } from './upstream';
import { SIGNED_PATH, VersionFiles } from './version-files-api';
import { Visibility } from './visibility';
import { Webhooks } from './webhooks';
import { answerWebhookCall } from './webhooks-api';

export interface DatabricksFrontOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The open-source MLflow server behind it. */
  readonly mlflowUri: string;
  /** The personal access token that every caller needs. */
  readonly token: string;
  readonly log: (line: string) => void;
  /** The most entries of a page of list-artifacts. */
  readonly pageSize?: number;
  /** How long a signed download URL is good. */
  readonly signedUrlLifetimeMs?: number;
  /** The waits before a webhook is called again. */
  readonly retryDelaysMs?: readonly number[];
}

export interface DatabricksFront {
  readonly url: string;
  close(): Promise<void>;
}

/** The registry's calls, under both prefixes that MLflow knows. */
const API_CALL = /^\/(?:ajax-)?api\/2\.0\/mlflow\/(.+)$/;

/**
 * A Databricks workspace's model registry before an open-source MLflow server: tokens, registry webhooks with signed
 * deliveries, signed downloads. All other calls go to MLflow as they are. Webhooks are held in memory.
 */
export async function startDatabricksFront(options: DatabricksFrontOptions): Promise<DatabricksFront> {
  const { log } = options;
  const upstream = new Upstream(options.mlflowUri);
  const webhooks = new Webhooks((name) => requireModel(upstream, name));
  const deliveries = new Deliveries(log, options.retryDelaysMs);
  const calls = new ObservedCalls(upstream, (event) => {
    for (const webhook of webhooks.listening(event.event, event.model_name)) {
      deliveries.send(webhook.http_url_spec, payload(event, webhook, Date.now()), `${webhook.id} ${event.event}`);
    }
  });
  const signed = new SignedDownloads(randomBytes(32), options.signedUrlLifetimeMs);
  const files = new VersionFiles(upstream, signed, () => url, options.pageSize);
  const outage = new Outage();
  const visibility = new Visibility();
  const requests = new Requests();

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = targetOf(request);
    if (pathname === '/_sandbox/requests') return sendJson(response, 200, requests.counts);
    if (pathname === '/_sandbox/outage') return outage.answer(request, response, server);
    if (pathname === '/_sandbox/visible') return visibility.answer(request, response);
    outage.check(request);
    if (pathname === SIGNED_PATH) return files.download(searchParams, request, response);
    authorize(request.headers.authorization, options.token);
    const call = API_CALL.exec(pathname)?.[1] ?? '';
    const method = request.method ?? 'GET';
    requests.record(`${method} ${call || pathname}`);
    visibility.check(searchParams);
    if (method === 'GET' && visibility.narrows(call)) {
      // The largest page that MLflow has: one that is empty only because nothing of it can be seen would look like the end.
      const query = { ...Object.fromEntries(searchParams), max_results: '1000' };
      const all = await upstream.json<Record<string, unknown>>(`${MLFLOW_API}/${call}`, query);
      return sendJson(response, 200, visibility.narrow(call, all));
    }
    if (call.startsWith('registry-webhooks/')) {
      return sendJson(response, 200, await answerWebhookCall(webhooks, request, call, searchParams));
    }
    if (method === 'GET' && call === 'model-versions/list-artifacts') {
      return sendJson(response, 200, await files.list(searchParams));
    }
    if (method === 'GET' && call === 'model-versions/get-signed-download-uri') {
      return sendJson(response, 200, await files.signedUri(searchParams));
    }
    if (method === 'POST' && OBSERVERS.has(call)) return calls.make(call, request, response);
    return forward(upstream, request, response);
  }

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      const refusal = error instanceof ApiError ? error : new ApiError(500, 'INTERNAL_ERROR', 'Internal error.');
      if (refusal.status >= 500 && !response.destroyed)
        log(`${request.method} ${request.url?.split('?')[0]}: ${error}`);
      if (response.headersSent) {
        response.destroy();
        return;
      }
      sendError(response, refusal);
      // A client that is still sending gets to read the answer.
      request.resume();
    });
  });
  // Models are uploaded in one request each, as slowly as it takes.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async close() {
      outage.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await deliveries.close();
      await closed;
    },
  };
}

/** Not as a URL, which would take a path that begins with two slashes for a host. */
function targetOf({ url = '/' }: IncomingMessage): { pathname: string; searchParams: URLSearchParams } {
  const [pathname = '/', ...query] = url.split('?');
  if (!pathname.startsWith('/')) throw new ApiError(400, 'MALFORMED_REQUEST', 'The request target is not a path.');
  return { pathname, searchParams: new URLSearchParams(query.join('?')) };
}
