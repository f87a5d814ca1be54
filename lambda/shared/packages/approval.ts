import type { ModelApprovalStatus } from '@aws-sdk/client-sagemaker';
import { environmentsOf } from '../environments';
import type { ModelVersion } from '../registry/registry';
import type { ModelPackage } from './model-package';

/** Names of the environments in which nothing is deployed but what a person approved. */
export type ManualEnvironments = ReadonlySet<string>;

/** Says of a package that it was made to wait for a person. It never changes: only a person can have approved such a package. */
export const APPROVAL_KEY = 'mlflow_mlops_approval';
const WAITED = 'manual';

/** A version, as far as it says where it is promoted into. */
type Promoted = Pick<ModelVersion, 'stage' | 'aliases'>;
type Metadata = Readonly<Record<string, string>>;

/** How a new package of a version begins. */
export interface Approval {
  readonly approvalStatus: ModelApprovalStatus;
  /** Belongs into the package's metadata. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The approval that a version's new package is made with. What goes into an environment that wants a person's decision waits for
 * one, also where the package that it replaces was approved: that was said of other files or another image. A no stays a no.
 *
 * @param replaced the package that it replaces; undefined where there is none
 */
export function approvalOf(
  version: Promoted,
  replaced: Pick<ModelPackage, 'approvalStatus' | 'metadata'> | undefined,
  manual: ManualEnvironments,
): Approval {
  if (wantsPerson(version, manual)) {
    const approvalStatus = replaced?.approvalStatus === 'Rejected' ? 'Rejected' : 'PendingManualApproval';
    return { approvalStatus, metadata: { [APPROVAL_KEY]: WAITED } };
  }
  // A person's decision on a version outlives the package that it was made on; that a package waited is no decision.
  const decided = replaced !== undefined && !isUndecided(replaced);
  return { approvalStatus: decided ? replaced.approvalStatus : 'Approved', metadata: {} };
}

/**
 * The names of the environments that a package may be deployed into, of those that its version is promoted into. One that never
 * waited for a person gets into no environment that wants a decision; where it was already when that was asked for, it stays.
 *
 * @param metadata the package's, as they stand
 */
export function environmentsFor(version: Promoted, metadata: Metadata, manual: ManualEnvironments): string[] {
  const had = (metadata.mlflow_environments ?? '').split(' ');
  return environmentsOf(version)
    .map(({ name }) => name)
    .filter((name) => !manual.has(name) || metadata[APPROVAL_KEY] === WAITED || had.includes(name));
}

/** Whether a package can speak for its version: in all environments of it, and without waiting for what nobody asks for any more. */
export function canSpeakFor(
  version: Promoted,
  modelPackage: Pick<ModelPackage, 'approvalStatus' | 'metadata'>,
  manual: ManualEnvironments,
): boolean {
  const wanted = environmentsOf(version).length;
  const waitsForNothing = isUndecided(modelPackage) && !wantsPerson(version, manual);
  return environmentsFor(version, modelPackage.metadata, manual).length === wanted && !waitsForNothing;
}

/**
 * The approved package that goes on being deployed while the one that is to follow it waits for a person.
 *
 * @param current the package that says today what the version is; undefined where it is yet to be made
 * @param packages all packages of the version, oldest first
 */
export function standingPackage(
  version: Promoted,
  current: ModelPackage | undefined,
  packages: readonly ModelPackage[],
  manual: ManualEnvironments,
): ModelPackage | undefined {
  if (!wantsPerson(version, manual) || current?.approvalStatus === 'Approved') {
    return undefined;
  }
  return packages.findLast(
    (one) =>
      one !== current &&
      one.approvalStatus === 'Approved' &&
      one.status !== 'Failed' &&
      environmentsFor(version, one.metadata, manual).length > 0,
  );
}

function wantsPerson(version: Promoted, manual: ManualEnvironments): boolean {
  return environmentsOf(version).some(({ name }) => manual.has(name));
}

function isUndecided({ approvalStatus, metadata }: Pick<ModelPackage, 'approvalStatus' | 'metadata'>): boolean {
  return metadata[APPROVAL_KEY] === WAITED && approvalStatus === 'PendingManualApproval';
}
