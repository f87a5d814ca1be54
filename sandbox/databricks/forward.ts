import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { endToEnd, forwardedHeaders, hasBody } from './headers';
import type { Upstream, UpstreamRequest } from './upstream';

/** Passes a request on to MLflow and its answer back; neither body is held. */
export async function forward(upstream: Upstream, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await relay(upstream, response, {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: forwardedHeaders(request),
      ...(hasBody(request) ? { body: request } : {}),
    });
  } finally {
    // MLflow may answer before it has read the whole body: the client has to get rid of the rest.
    request.unpipe();
    request.resume();
  }
}

/** Sends a request to MLflow and streams what it answers to the client; stops when the client goes away. */
export async function relay(upstream: Upstream, response: ServerResponse, request: UpstreamRequest): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const answer = await upstream.open({ ...request, signal: gone.signal });
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage ?? '', endToEnd(answer));
  await pipeline(answer, response);
}
