import type { ModelPackage } from './model-package';

/** Says of a package since when another one of its version is deployed instead, ISO 8601. */
const SUPERSEDED_KEY = 'mlflow_superseded_at';

/**
 * Whether an endpoint may have been made from a package. If another package takes its place, CloudFormation must be able to roll
 * back to it, so it is superseded and not deleted.
 */
export function mayBeDeployed({ approvalStatus, status, metadata }: ModelPackage): boolean {
  return approvalStatus === 'Approved' && status !== 'Failed' && (metadata.mlflow_environments ?? '') !== '';
}

/** What the metadata of a superseded package say: a package without environments is not deployed. */
export function superseded(now: number): Readonly<Record<string, string>> {
  return { [SUPERSEDED_KEY]: new Date(now).toISOString(), mlflow_environments: '' };
}

/** When a package was superseded, in milliseconds since the epoch; undefined for all others. */
export function supersededAt(metadata: Readonly<Record<string, string>>): number | undefined {
  const since = Date.parse(metadata[SUPERSEDED_KEY] ?? '');
  return Number.isNaN(since) ? undefined : since;
}
