import * as z from 'zod';
import { RefusedError } from '../errors';
import { withoutEndSlashes } from '../paths';
import { quoted } from '../printable';
import { type ArtifactSource, parseArtifactSource } from './artifact-source';
import type { ArtifactStore } from './artifact-store';
import { type ListedEntry, walkArtifacts } from './artifact-walk';
import type { RegistryHttp } from './http/registry-http';
import { type SignedAddress, SignedDownloads } from './http/signed-downloads';
import { API, parse } from './mlflow-rest';
import type { ArtifactFile, FilePosition, ModelVersion, OpenedFile, S3Location } from './registry';

const DownloadUri = z.object({ artifact_uri: z.string() });
const Run = z.object({ run: z.object({ info: z.object({ artifact_uri: z.string() }) }) });
const LoggedModel = z.object({ model: z.object({ info: z.object({ artifact_uri: z.string() }) }) });
const headers = z.record(z.string(), z.string()).nullish();
const ProxiedAddress = z.object({ url: z.string(), headers });
const RunAddress = z.object({ presigned_url: z.string(), headers });

export type FileSource = Exclude<ArtifactSource, { kind: 'copy' }>;

/** Where a version's files are. */
interface VersionFolder {
  /** How the registry itself lists and sends them. */
  readonly source: FileSource;
  /** URI in the store; undefined where the registry does not tell. */
  readonly uri: string | undefined;
  /** Where this installation may read them by itself. */
  readonly direct: S3Location | undefined;
}

/** One folder's entries, page by page. */
export type ListFolder = (path: string, query: Record<string, string | undefined>) => AsyncIterable<ListedEntry[]>;

/**
 * The files of versions in an open-source registry: read in S3 where this installation may, else by addresses that the registry
 * signs, else through the registry. Where they are is asked once for each version, not for each file.
 */
export class OpenSourceFiles {
  private readonly folders = new Map<string, Promise<VersionFolder>>();
  private readonly signedByProxy: SignedDownloads;
  private readonly signedForRuns: SignedDownloads;

  constructor(
    private readonly http: RegistryHttp,
    private readonly listFolder: ListFolder,
    private readonly store?: ArtifactStore | undefined,
  ) {
    this.signedByProxy = new SignedDownloads(http);
    this.signedForRuns = new SignedDownloads(http);
  }

  async list(version: ModelVersion): Promise<ArtifactFile[]> {
    const { source, direct } = await this.folderOf(version);
    return direct && this.store ? this.store.list(direct) : this.listThroughRegistry(source);
  }

  async open(version: ModelVersion, path: string, position?: FilePosition): Promise<OpenedFile> {
    const folder = await this.folderOf(version);
    if (folder.direct && this.store) {
      return this.store.open(folder.direct, path, position);
    }
    return (
      (await this.openSigned(folder, path, position)) ??
      this.openThroughRegistry(version, folder.source, path, position)
    );
  }

  async locate(version: ModelVersion): Promise<S3Location | undefined> {
    return (await this.folderOf(version)).direct;
  }

  /** How the registry names a version's files; for a copy, those of the version that it was made from. */
  async sourceOf(version: ModelVersion): Promise<FileSource> {
    const own = parseArtifactSource(version.source, version.runId);
    return own.kind === 'copy' ? (await this.folderOf(version)).source : own;
  }

  private folderOf(version: ModelVersion): Promise<VersionFolder> {
    const key = JSON.stringify([version.name, version.version]);
    const known = this.folders.get(key);
    if (known) {
      return known;
    }
    const found = this.findFolder(version);
    this.folders.set(key, found);
    // What failed is asked again.
    found.catch(() => this.folders.delete(key));
    return found;
  }

  private async findFolder(version: ModelVersion): Promise<VersionFolder> {
    const own = parseArtifactSource(version.source, version.runId);
    if (own.kind !== 'copy') {
      const uri = await unlessRefused(this.uriInStore(version));
      return { source: own, uri, direct: this.locateUri(uri) };
    }
    const uri = await this.downloadUri(version);
    const original = parseArtifactSource(uri, version.runId);
    if (original.kind === 'copy') {
      throw new RefusedError(`the registry does not say where the files of version ${version.version} are: ${uri}`);
    }
    const inStore = await unlessRefused(this.resolved(uri));
    return { source: original, uri: inStore, direct: this.locateUri(inStore) };
  }

  private locateUri(uri: string | undefined): S3Location | undefined {
    return uri === undefined ? undefined : this.store?.locate(uri);
  }

  private async uriInStore(version: ModelVersion): Promise<string> {
    return this.resolved(await this.downloadUri(version));
  }

  private async downloadUri({ name, version }: ModelVersion): Promise<string> {
    const path = `${API}/model-versions/get-download-uri`;
    return parse(DownloadUri, await this.http.get(path, { name, version }), path).artifact_uri;
  }

  /** A store's URI in place of one that names a run or a logged model. */
  private async resolved(uri: string): Promise<string> {
    const source = /^(runs|models):/.test(uri) ? parseArtifactSource(uri, '') : undefined;
    if (source?.kind === 'run') {
      const { run } = parse(Run, await this.http.get(`${API}/runs/get`, { run_id: source.runId }), 'runs/get');
      return joined(withoutEndSlashes(run.info.artifact_uri), source.path);
    }
    if (source?.kind === 'logged-model') {
      const path = `${API}/logged-models/${encodeURIComponent(source.modelId)}`;
      return parse(LoggedModel, await this.http.get(path), path).model.info.artifact_uri;
    }
    return uri;
  }

  private async openSigned(
    { source, uri }: VersionFolder,
    path: string,
    position?: FilePosition,
  ): Promise<OpenedFile | undefined> {
    // One with a host names another server, which gets neither requests nor credentials from here.
    const [, root] = /^mlflow-artifacts:\/([^/].*?)\/?$/s.exec(uri ?? '') ?? [];
    if (root !== undefined) {
      return this.signedByProxy.open(() => this.signByProxy(`${root}/${path}`), position);
    }
    // A run's files in a store that the server reads by itself.
    if (source.kind === 'run' && uri !== undefined && /^(?!https?:|mlflow-artifacts:|file:)[a-z0-9+.-]+:/i.test(uri)) {
      return this.signedForRuns.open(() => this.signForRun(source.runId, joined(source.path, path)), position);
    }
    return undefined;
  }

  private async signByProxy(path: string): Promise<SignedAddress> {
    const call = `/api/2.0/mlflow-artifacts/presigned/${encodedPath(path)}`;
    const address = parse(ProxiedAddress, await this.http.once('GET', call, {}), 'mlflow-artifacts/presigned');
    return { url: address.url, headers: address.headers ?? {} };
  }

  private async signForRun(runId: string, path: string): Promise<SignedAddress> {
    const call = `${API}/artifacts/presigned-download-url`;
    const address = parse(RunAddress, await this.http.once('POST', call, {}, { run_id: runId, path }), call);
    return { url: address.presigned_url, headers: address.headers ?? {} };
  }

  private async listThroughRegistry(source: FileSource): Promise<ArtifactFile[]> {
    switch (source.kind) {
      case 'logged-model':
        return walkArtifacts((directory) =>
          this.listFolder(`${API}/logged-models/${encodeURIComponent(source.modelId)}/artifacts/directories`, {
            artifact_directory_path: directory,
          }),
        );
      case 'run':
        // Paths of this listing begin at the run, those of the interface at the model's folder.
        return walkArtifacts((directory) => {
          const path = joined(source.path, directory);
          const pages = this.listFolder(`${API}/artifacts/list`, { run_id: source.runId, path });
          return renamed(pages, (entry) => below(source.path, entry));
        });
      case 'proxied':
        // This listing is relative to the folder that was asked for.
        return walkArtifacts((directory) => {
          const path = joined(source.path, directory);
          const pages = this.listFolder('/api/2.0/mlflow-artifacts/artifacts', { path });
          return renamed(pages, (entry) => joined(directory, entry));
        });
      case 'store':
        throw new RefusedError(
          `the files at ${quoted(source.uri)} cannot be listed through the registry; log the model again with ` +
            'mlflow.<flavor>.log_model and register that version, or name the bucket in the context mlflow-mlops:artifact-store',
        );
    }
  }

  private openThroughRegistry(
    { name, version }: ModelVersion,
    source: FileSource,
    path: string,
    position?: FilePosition,
  ): Promise<OpenedFile> {
    switch (source.kind) {
      case 'run':
        return this.http.stream('/get-artifact', { run_uuid: source.runId, path: joined(source.path, path) }, position);
      case 'proxied':
        return this.http.stream(
          `/api/2.0/mlflow-artifacts/artifacts/${encodedPath(`${source.path}/${path}`)}`,
          {},
          position,
        );
      default:
        return this.http.stream('/model-versions/get-artifact', { name, version, path }, position);
    }
  }
}

/** Undefined where the registry does not tell: who may read versions need not be allowed to read runs. Its own way to the files remains. */
async function unlessRefused<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RefusedError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * A path as a part of an URL.
 *
 * @throws RefusedError for one that an URL would take as a way to somewhere else in the registry
 */
function encodedPath(path: string): string {
  const parts = path.split('/');
  if (parts.some((part) => part === '.' || part === '..')) {
    throw new RefusedError(`the registry keeps the files in ${quoted(path)}, which has "." or ".." in its path`);
  }
  return parts.map(encodeURIComponent).join('/');
}

/** A path and one below it; either may be ''. */
function joined(path: string, below: string): string {
  return path === '' || below === '' ? path + below : `${path}/${below}`;
}

/** The same entries under other names. */
async function* renamed(
  pages: AsyncIterable<ListedEntry[]>,
  rename: (path: string) => string,
): AsyncGenerator<ListedEntry[]> {
  for await (const entries of pages) {
    yield entries.map((entry) => ({ ...entry, path: rename(entry.path) }));
  }
}

function below(root: string, path: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}
