import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { ApiError } from './errors';
import { readBody } from './http';

/** Answers that are read whole, a registry's JSON, may be larger than the requests for them. */
const ANSWER_LIMIT = 64 * 1024 * 1024;

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Readable | Buffer;
  /** Ends the request, as when the client has gone. */
  readonly signal?: AbortSignal;
}

/** The MLflow server behind the front. */
export class Upstream {
  private readonly uri: URL;
  private readonly prefix: string;
  private readonly secure: boolean;
  /** A connection for each request: a kept one may be closed by MLflow just when a request goes out on it. */
  private readonly agent: HttpAgent;

  constructor(uri: string) {
    this.uri = new URL(uri);
    this.secure = this.uri.protocol === 'https:';
    this.prefix = this.uri.pathname.replace(/\/+$/, '');
    this.agent = this.secure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
  }

  /**
   * Sends a request; resolves with its answer as soon as the headers are there.
   *
   * @throws ApiError 503 when MLflow cannot be reached
   */
  open({ method, path, headers, body, signal }: UpstreamRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = (this.secure ? httpsRequest : httpRequest)(new URL(this.uri.origin), {
        method,
        path: `${this.prefix}${path}`,
        // Not `close`: a server that refuses an upload early would reset the connection, and its answer would be lost.
        headers: { ...headers, host: this.uri.host, connection: 'keep-alive' },
        agent: this.agent,
        ...(signal ? { signal } : {}),
      });
      request.once('response', resolve);
      request.on('error', (error) =>
        reject(new ApiError(503, 'TEMPORARILY_UNAVAILABLE', `The registry cannot be reached: ${error.message}`)),
      );
      if (body instanceof Readable) body.pipe(request);
      else request.end(body);
    });
  }

  /**
   * GETs JSON from MLflow.
   *
   * @throws ApiError as MLflow refused
   */
  async json<T>(path: string, query: Readonly<Record<string, string>>): Promise<T> {
    const answer = await this.open({ method: 'GET', path: `${path}?${new URLSearchParams(query)}` });
    const text = (await readBody(answer, ANSWER_LIMIT)).toString('utf8');
    if (answer.statusCode !== 200) throw refusal(answer.statusCode ?? 502, text);
    return JSON.parse(text) as T;
  }
}

function refusal(status: number, text: string): ApiError {
  try {
    const { error_code, message } = JSON.parse(text) as { error_code?: string; message?: string };
    return new ApiError(status, error_code ?? 'INTERNAL_ERROR', message ?? text);
  } catch {
    return new ApiError(status, 'INTERNAL_ERROR', text.slice(0, 500));
  }
}
