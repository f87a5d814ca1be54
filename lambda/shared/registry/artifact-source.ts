import { RefusedError } from '../errors';
import { withoutEndSlashes } from '../paths';
import { quoted } from '../printable';
import { parseS3Uri } from './s3-location';

/** Where an open-source registry keeps a version's files; of a `store` its HTTP interface has no list. */
export type ArtifactSource =
  | { readonly kind: 'logged-model'; readonly modelId: string }
  /** `path` is '' for a model at the run's root. */
  | { readonly kind: 'run'; readonly runId: string; readonly path: string }
  | { readonly kind: 'proxied'; readonly path: string }
  | { readonly kind: 'store'; readonly uri: string }
  | { readonly kind: 'copy' };

/**
 * Reads a version's `source`.
 *
 * @param source `models:/m-...` (MLflow 3), `models:/<name>/<version>` (a copy of a version), `runs:/<run>[/<path>]`, `mlflow-artifacts:/<path>`, or a store's URI
 * @param runId the version's run, or ''
 * @throws RefusedError for a source that the server offers no way to read
 */
export function parseArtifactSource(source: string, runId: string): ArtifactSource {
  const logged = /^models:\/(m-[0-9a-zA-Z]+)\/?$/.exec(source);
  if (logged?.[1]) {
    return { kind: 'logged-model', modelId: logged[1] };
  }
  // The registry itself says where the files of the version that was copied are.
  if (/^models:\/[^/]+\/\d+\/?$/.test(source)) {
    return { kind: 'copy' };
  }
  // MLflow's RunsArtifactRepository.parse_runs_uri: a host may stand before the run, without a path the run's root is meant, and
  // Python's urlparse takes a query and a fragment away.
  const run = /^runs:(?:\/\/[^/?#]*)?\/([^/?#]+)(\/[^?#]*)?/is.exec(source);
  if (run?.[1]) {
    return { kind: 'run', runId: run[1], path: withoutEmptyParts(run[2] ?? '') };
  }
  const proxied = /^mlflow-artifacts:\/(?:\/[^/]+)?\/?(.+?)\/?$/.exec(source);
  if (proxied?.[1]) {
    return { kind: 'proxied', path: proxied[1] };
  }
  // Older clients register the store's own URI; its part behind `artifacts/` is the path below the run.
  const [, below] = `${withoutEndSlashes(source)}/`.split(`/${runId}/artifacts/`);
  if (runId !== '' && below !== undefined) {
    return { kind: 'run', runId, path: withoutEmptyParts(below) };
  }
  if (parseS3Uri(source) !== undefined) {
    return { kind: 'store', uri: source };
  }
  throw new RefusedError(
    `the files of source ${quoted(source)} cannot be read through the registry; ` +
      'log the model again with mlflow.<flavor>.log_model and register that version',
  );
}

/** MLflow joins paths as a file system does: `//a/b/` is `a/b`. */
function withoutEmptyParts(path: string): string {
  return path.split('/').filter(Boolean).join('/');
}
