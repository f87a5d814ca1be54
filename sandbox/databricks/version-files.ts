import { ApiError, invalidParameter } from './errors';
import { getVersion, MLFLOW_API } from './model-versions';
import type { Upstream } from './upstream';

/** A file or folder, its path counted from the model's own folder. */
export interface FileInfo {
  readonly path: string;
  readonly is_dir: boolean;
  readonly file_size?: number;
}

/** How MLflow lists and opens the files of one version: MLflow 3 models have files of their own, older ones a run's. */
interface Place {
  readonly listing: string;
  readonly query: (folder: string) => Record<string, string>;
  /** The folder within the listing in which the model lies. */
  readonly base: string;
  readonly file: (path: string) => string;
}

/** Copies of versions name the version they were copied from; nobody copies a copy this often. */
const MOST_COPIES = 10;

async function placeOf(upstream: Upstream, name: string, version: string, copies = MOST_COPIES): Promise<Place> {
  const { source, run_id } = await getVersion(upstream, name, version);
  const [, loggedModel] = /^models:\/(m-[^/]+)\/?$/.exec(source) ?? [];
  if (loggedModel !== undefined) {
    return {
      listing: `${MLFLOW_API}/logged-models/${encodeURIComponent(loggedModel)}/artifacts/directories`,
      query: (folder) => ({ artifact_directory_path: folder }),
      base: '',
      file: (path) => `/model-versions/get-artifact?${new URLSearchParams({ name, version, path })}`,
    };
  }
  const [, copiedName, copiedVersion] = /^models:\/([^/]+)\/(\d+)$/.exec(source) ?? [];
  if (copiedName !== undefined && copiedVersion !== undefined && copies > 0) {
    return placeOf(upstream, copiedName, copiedVersion, copies - 1);
  }
  const [, ofRun, ofStore] = /^runs:\/[^/]+\/?(.*)$|\/artifacts\/?(.*)$/.exec(source) ?? [];
  const base = (ofRun ?? ofStore)?.replace(/\/+$/, '');
  const run = /^runs:\/([^/]+)/.exec(source)?.[1] ?? run_id;
  if (base === undefined || !run) {
    throw new ApiError(501, 'NOT_IMPLEMENTED', `The files of source '${source}' cannot be read here.`);
  }
  return {
    listing: `${MLFLOW_API}/artifacts/list`,
    query: (folder) => ({ run_id: run, path: folder }),
    base,
    file: (path) => `/get-artifact?${new URLSearchParams({ run_uuid: run, path: join(base, path) })}`,
  };
}

/** The files and folders of one folder of a version. A file's own path lists the file itself, as on Databricks. */
export async function listFiles(upstream: Upstream, name: string, version: string, path: string): Promise<FileInfo[]> {
  const place = await placeOf(upstream, name, version);
  const folder = checkedPath(path);
  const entries = await entriesOf(upstream, place, folder);
  if (entries.length > 0 || folder === '') return entries;
  const siblings = await entriesOf(upstream, place, folder.split('/').slice(0, -1).join('/'));
  return siblings.filter((entry) => entry.path === folder && !entry.is_dir);
}

/** MLflow's path and query for a file of a version. */
export async function filePath(upstream: Upstream, name: string, version: string, path: string): Promise<string> {
  return (await placeOf(upstream, name, version)).file(checkedPath(path));
}

/**
 * A path within a model's folder, without a slash at its ends.
 *
 * @throws ApiError for one that leads elsewhere
 */
export function checkedPath(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  const isInside = trimmed === '' || trimmed.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isInside || /[\0\\]/.test(path)) throw invalidParameter(`Invalid path '${path}'.`);
  return trimmed;
}

async function entriesOf(upstream: Upstream, place: Place, folder: string): Promise<FileInfo[]> {
  const entries: FileInfo[] = [];
  let token: string | undefined;
  do {
    const answer = await upstream.json<{ files?: FileInfo[]; next_page_token?: string }>(place.listing, {
      ...place.query(join(place.base, folder)),
      ...(token ? { page_token: token } : {}),
    });
    entries.push(...(answer.files ?? []));
    token = answer.next_page_token;
  } while (token);
  const prefix = place.base === '' ? '' : `${place.base}/`;
  return entries.map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
}

function join(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('/');
}
