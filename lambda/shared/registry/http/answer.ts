import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
// The agent alone: the whole package takes 40 ms more of every cold start.
import Agent from 'undici/lib/dispatcher/agent.js';
import { messageOf, RefusedError, TransientError } from '../../errors';
import { LateError, unreachable, whereOf } from './failure';
import { FileBytes } from './file-bytes';
import { localError, lookupOutside, namesThisMachine } from './outside';

/** How long a server may be silent, in milliseconds. */
export interface Silence {
  /** Until the connection stands. */
  readonly connectMs: number;
  /** From then until the answer begins. */
  readonly answerMs: number;
  /** Between two pieces of the answer. */
  readonly idleMs: number;
}

/** A request, as it is sent. */
export interface Ask {
  /** @default GET */
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly limits: Silence;
  /**
   * Whether the address is somebody else's word, and must lead away from this machine.
   *
   * @default false
   */
  readonly outside?: boolean | undefined;
  /**
   * How many of the answer's first bytes nobody wants.
   *
   * @throws RefusedError for an answer that is not taken
   * @default - none
   */
  readonly skip?: (status: number, headers: IncomingHttpHeaders) => number;
}

/** An answer that began. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: FileBytes;
}

/** Connections are kept from one request to the next; one agent for each way of connecting. */
const agents = new Map<string, Dispatcher>();

function agentOf(connectMs: number, outside: boolean): Dispatcher {
  const key = `${connectMs} ${outside}`;
  const known = agents.get(key);
  if (known) {
    return known;
  }
  const connect = { timeout: connectMs, ...(outside ? { lookup: lookupOutside } : {}) };
  // How long bytes may fail to come is the reader's matter, who may also be the one to let the server wait.
  const agent = new Agent({ connect, bodyTimeout: 0 });
  agents.set(key, agent);
  return agent;
}

/**
 * The beginning of an answer, and its bytes as they come. A redirect is an answer like any other here: nothing follows it. A kept
 * connection that the server closed meanwhile is replaced once, for what may be asked twice.
 *
 * @throws TransientError when the server cannot be reached, LateError when it does not answer in time; RefusedError for headers that
 * HTTP cannot carry, and what `skip` throws
 */
export async function answerTo(ask: Ask): Promise<Answer> {
  try {
    return await send(ask);
  } catch (error) {
    if (!isClosed(error) || (ask.method ?? 'GET') !== 'GET') {
      throw asStepError(ask, error);
    }
  }
  return send(ask).catch((error: unknown) => {
    throw asStepError(ask, error);
  });
}

function send(ask: Ask): Promise<Answer> {
  const { method = 'GET', url, headers, body, limits, outside = false } = ask;
  if (outside && namesThisMachine(url)) {
    return Promise.reject(localError(url.hostname));
  }
  return new Promise((resolve, reject) => {
    agentOf(limits.connectMs, outside).dispatch(
      {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        headersTimeout: limits.answerMs,
      },
      new Receiver(ask, resolve, reject),
    );
  });
}

/** What undici tells of one request. */
class Receiver implements Dispatcher.DispatchHandler {
  private body: FileBytes | undefined;

  constructor(
    private readonly ask: Ask,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  /** By this method undici knows handlers of this kind. */
  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) {
      return;
    }
    const { url, limits, skip = () => 0 } = this.ask;
    const source = {
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      destroy: (error: Error) => controller.abort(error),
    };
    this.body = new FileBytes(source, { skip: skip(status, headers), idleMs: limits.idleMs, where: whereOf(url) });
    this.resolve({ status, headers, body: this.body });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.body?.accept(chunk);
  }

  onResponseEnd(): void {
    this.body?.complete();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.body?.breakOff(error);
    this.reject(error);
  }
}

/** Whether a connection ended before an answer began, as a kept one does that its server has closed. */
function isClosed(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '');
}

function asStepError({ url, limits }: Ask, error: unknown): Error {
  if (error instanceof RefusedError) {
    return error;
  }
  switch (codeOf(error)) {
    // Headers that come with a signed address are the registry's words.
    case 'UND_ERR_INVALID_ARG':
      return new RefusedError(
        `${whereOf(url)} cannot be asked with the headers that the registry gave for it (${messageOf(error)})`,
        { cause: error },
      );
    case 'UND_ERR_CONNECT_TIMEOUT':
      return new TransientError(silent(url, 'connect', limits.connectMs), { cause: error });
    case 'UND_ERR_HEADERS_TIMEOUT':
      return new LateError(silent(url, 'answer', limits.answerMs), { cause: error });
    default:
      return unreachable(url, error);
  }
}

function silent(url: URL, what: string, ms: number): string {
  return `${url.origin} cannot be reached (it did not ${what} within ${ms / 1000} s)`;
}
