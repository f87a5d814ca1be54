import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts';
const SLICE_BYTES = 256 * 1024;

/** A file or folder in a listing of MLflow's artifact proxy. */
interface Listed {
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size?: number;
}

/**
 * Lists and sends the files of a folder, below the path `model`, as MLflow's artifact proxy does. It reads them into memory
 * first, so that it takes little time from the measured methods.
 *
 * @param latencyMs before each response
 * @param pass awaited before the next bytes are sent
 */
export function source(
  folder: string,
  latencyMs: number,
  tls: ServerOptions,
  pass: (bytes: number) => Promise<void> = async () => {},
): Server {
  const listings = new Map<string, Listed[]>();
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = `model/${relative(folder, join(entry.parentPath, entry.name))}`;
    const parent = path.slice(0, path.lastIndexOf('/'));
    const bytes = entry.isFile() ? readFileSync(join(entry.parentPath, entry.name)) : undefined;
    const listed = { path: entry.name, is_dir: bytes === undefined, ...(bytes && { file_size: bytes.length }) };
    listings.set(parent, [...(listings.get(parent) ?? []), listed]);
    if (bytes !== undefined) {
      files.set(path, bytes);
    }
  }
  return createServer({ ...tls, keepAliveTimeout: 60_000 }, (request, response) => {
    const url = new URL(request.url ?? '', 'https://source');
    const path = decodeURIComponent(url.pathname.slice(ARTIFACTS.length + 1));
    const answer = async () => {
      await sleep(latencyMs);
      await (url.pathname === ARTIFACTS ? list(url.searchParams.get('path') ?? '', response) : give(path, response));
    };
    answer().catch((error: unknown) => response.destroy(error as Error));
  });

  async function list(path: string, response: ServerResponse): Promise<void> {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ files: listings.get(path) ?? [] }));
  }

  async function give(path: string, response: ServerResponse): Promise<void> {
    const bytes = files.get(path);
    if (bytes === undefined) {
      response.writeHead(404).end(JSON.stringify({ error_code: 'RESOURCE_DOES_NOT_EXIST', message: path }));
      return;
    }
    response.writeHead(200, { 'content-length': bytes.length });
    await pipeline(Readable.from(slices(bytes)), response);
  }

  async function* slices(bytes: Buffer): AsyncGenerator<Buffer> {
    for (let start = 0; start < bytes.length; start += SLICE_BYTES) {
      const slice = bytes.subarray(start, start + SLICE_BYTES);
      await pass(slice.length);
      yield slice;
    }
  }
}
