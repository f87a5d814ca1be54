import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen, type Server } from '../listen';
import { foldersOf, type Listing } from './folders';
import { type Range, rangeOf } from './range';

const LISTING = '/api/2.0/mlflow-artifacts/artifacts';
/** As much as is handed to the socket at once. */
const WRITE_BYTES = 1024 * 1024;
/** `/latency-10` before a path has each answer wait for 10 milliseconds. */
const LATENCY = /^\/latency-(\d{1,4})(?=\/)/;

/** The files that a source answers from, by their paths. */
export type Files = ReadonlyMap<string, Buffer>;

/**
 * Where models come from: an HTTP server that lists and gives files as MLflow's artifact proxy does, with Content-Length and
 * Range, after a latency that each client chooses by its base path. It answers from memory, to take as little as it can from
 * those that are measured.
 */
export async function startSource(files: Files): Promise<Server> {
  const folders = foldersOf(files);
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    answer(files, folders, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  return listen(server);
}

async function answer(
  files: Files,
  folders: ReadonlyMap<string, Listing>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [latency = '', milliseconds = '0'] = LATENCY.exec(request.url ?? '') ?? [];
  const url = new URL((request.url ?? '').slice(latency.length), 'http://source');
  if (milliseconds !== '0') {
    await sleep(Number(milliseconds));
  }
  if (url.pathname === LISTING) {
    const listing = folders.get(url.searchParams.get('path') ?? '');
    return sendJson(response, 200, listing ?? { files: [] });
  }
  const file = url.pathname.startsWith(`${LISTING}/`)
    ? files.get(decodeURIComponent(url.pathname.slice(LISTING.length + 1)))
    : undefined;
  if (file === undefined) {
    return sendJson(response, 404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `no ${url.pathname} here` });
  }
  return sendBytes(response, file, rangeOf(request.headers.range, file.length));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

async function sendBytes(response: ServerResponse, file: Buffer, range: Range): Promise<void> {
  const { start, end, status } = range;
  if (status === 416) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}`, 'content-length': 0 }).end();
    return;
  }
  response.writeHead(status, {
    'content-type': 'application/octet-stream',
    'content-length': end - start,
    'accept-ranges': 'bytes',
    ...(status === 206 ? { 'content-range': `bytes ${start}-${end - 1}/${file.length}` } : {}),
  });
  for (let position = start; position < end; position += WRITE_BYTES) {
    const flows = response.write(file.subarray(position, Math.min(end, position + WRITE_BYTES)));
    if (!flows && !(await drained(response))) {
      return;
    }
  }
  response.end();
}

/** Whether the client takes more; it may also have gone. */
function drained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (flows: boolean) => {
      response.off('drain', onDrain).off('close', onClose);
      resolve(flows);
    };
    const onDrain = () => settle(true);
    const onClose = () => settle(false);
    response.on('drain', onDrain).on('close', onClose);
  });
}
