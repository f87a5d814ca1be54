import type { IncomingMessage, ServerResponse } from 'node:http';
import { invalidParameter, noSuchEndpoint } from './errors';
import { relay } from './forward';
import { getVersion } from './model-versions';
import type { SignedDownloads, SignedFile } from './signed-download';
import type { Upstream } from './upstream';
import { checkedPath, filePath, listFiles } from './version-files';
import { offsetOf, tokenOf } from './webhooks';

/** Where signed URLs lead. */
export const SIGNED_PATH = '/signed-download/model-versions';

const PAGE = 1000;
/** What of a download's request reaches MLflow. */
const RANGE_HEADERS = ['range', 'if-range', 'if-none-match', 'if-modified-since'];

/** The calls by which a workspace hands out the files of a version: list-artifacts and get-signed-download-uri. */
export class VersionFiles {
  constructor(
    private readonly upstream: Upstream,
    private readonly signed: SignedDownloads,
    private readonly frontUrl: () => string,
    private readonly pageSize = PAGE,
  ) {}

  /** `{files, next_page_token}`; what is empty is left out. */
  async list(query: URLSearchParams): Promise<object> {
    const { name, version, path } = fileOf(query);
    const token = query.get('page_token');
    const start = token === null || token === '' ? 0 : offsetOf(token);
    const files = await listFiles(this.upstream, name, version, path);
    const end = start + this.pageSize;
    return {
      ...(files.length > start ? { files: files.slice(start, end) } : {}),
      ...(files.length > end ? { next_page_token: tokenOf(end) } : {}),
    };
  }

  /** `{signed_uri, headers}`; headers, which a cloud's storage may ask for, are none here. */
  async signedUri(query: URLSearchParams): Promise<object> {
    const file = fileOf(query);
    const path = checkedPath(file.path);
    if (path === '') throw invalidParameter("Missing value for required parameter 'path'.");
    await getVersion(this.upstream, file.name, file.version);
    return { signed_uri: `${this.frontUrl()}${SIGNED_PATH}?${this.signed.sign({ ...file, path })}`, headers: [] };
  }

  /** Streams the file of a signed URL. */
  async download(query: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') throw noSuchEndpoint(method, SIGNED_PATH);
    const { name, version, path } = this.signed.verify(query);
    const headers = Object.fromEntries(
      RANGE_HEADERS.flatMap((header) => {
        const value = request.headers[header];
        return value === undefined ? [] : [[header, value]];
      }),
    );
    const file = await filePath(this.upstream, name, version, path);
    await relay(this.upstream, response, { method, path: file, headers });
  }
}

function fileOf(query: URLSearchParams): SignedFile {
  const [name, version] = [query.get('name'), query.get('version')];
  if (!name) throw invalidParameter("Missing value for required parameter 'name'.");
  if (!version) throw invalidParameter("Missing value for required parameter 'version'.");
  return { name, version, path: query.get('path') ?? '' };
}
