import type { CreateAction, DeleteAction, UpdateAction } from '../shared/contracts';
import { isPromoted } from '../shared/environments';
import { type ManualEnvironments, standingPackage } from '../shared/packages/approval';
import {
  liveChange,
  metadataChange,
  OWNER_KEY,
  packageIdentity,
  registryMark,
  UNSYNCED,
  versionIdentity,
} from '../shared/packages/metadata';
import { decodeMetadataText } from '../shared/packages/metadata-text';
import type { ModelPackage } from '../shared/packages/model-package';
import { mayBeDeployed, supersededAt } from '../shared/packages/superseded';
import type { ModelVersion } from '../shared/registry/registry';
import type { AbsentPackage } from './deletion-protection';

/** Both registries' present state for one model, and what today's packing would make of a package. */
export interface PlanInput {
  readonly registryId: string;
  /** This installation's owner mark. */
  readonly owner: string;
  readonly enrolled: boolean;
  /** All versions of the model; empty where the model does not exist (any more). */
  readonly versions: readonly ModelVersion[];
  /** All packages of the model's group, of whatever origin. */
  readonly packages: readonly ModelPackage[];
  /** True when packing the version again today would give the same image, environment and archive. */
  readonly isCurrent: (version: ModelVersion, modelPackage: ModelPackage) => boolean;
  /** Metadata of packages that today's rule for images confirms, by ARN. */
  readonly confirmed?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The environments that want a person's decision. */
  readonly manual: ManualEnvironments;
  /** What people should know of a package's image today. */
  readonly warningOf: (image: string) => string | undefined;
  /** Packages superseded at or before this time are not needed any more; undefined if all are. Milliseconds since the epoch. */
  readonly supersededUntil?: number | undefined;
}

export interface Plan {
  readonly create: CreateAction[];
  readonly update: UpdateAction[];
  readonly delete: DeleteAction[];
  /** Packages whose versions MLflow does not list. Deletion protection decides when they are deleted. */
  readonly gone: AbsentPackage[];
  readonly keep: string[];
}

/**
 * What makes SageMaker's registry say what MLflow's says. Pure: the same input gives the same plan, and a plan made after
 * it was carried out is empty.
 *
 * - Packages without this installation's mark, or of another registry, do not exist for it.
 * - A version that is promoted has exactly one package. Where its packing is outdated a new one replaces it, so that
 *   endpoints follow; stage, aliases, description and tags are updates in place.
 * - Where a new one waits for a person, an approved one stands beside it until that person has approved.
 * - A package that was deployed before another one of its version is superseded: it stays until CloudFormation cannot roll back to
 *   it any more.
 * - Approval itself is no part of it: people decide.
 * - A model that is not enrolled keeps its packages, marked as unsynced.
 */
export function plan(input: PlanInput): Plan {
  const ours = input.packages.filter(
    ({ metadata }) =>
      metadata[OWNER_KEY] === input.owner && metadata.mlflow_registry === registryMark(input.registryId),
  );
  if (!input.enrolled) {
    return leave(ours);
  }
  const result: Plan = { create: [], update: [], delete: [], gone: [], keep: [] };
  const unclaimed = new Set(ours);
  const ofVersion = byVersion(ours.filter(({ metadata }) => supersededAt(metadata) === undefined));
  for (const version of promoted(input.versions)) {
    const candidates = (ofVersion.get(versionIdentity(version, input.registryId)) ?? []).sort(oldestFirst);
    // A package that SageMaker could not make is replaced like an outdated one.
    const current = candidates.find((one) => one.status !== 'Failed' && input.isCurrent(version, one));
    const standing = standingPackage(version, current, candidates, input.manual);
    const [outdated] = candidates.filter((one) => one !== standing);
    for (const one of [standing, current].filter((one) => one !== undefined)) {
      unclaimed.delete(one);
      const metadata = input.confirmed?.get(one.arn);
      if (metadata !== undefined) {
        result.update.push({ packageArn: one.arn, version: version.version, metadata });
      } else if (liveChange(version, input.warningOf(one.image), one.metadata, input.manual) === undefined) {
        result.keep.push(one.arn);
      } else {
        result.update.push({ packageArn: one.arn, version: version.version });
      }
    }
    if (current !== undefined) {
      continue;
    }
    if (outdated !== undefined) {
      // The old one serves until the new one stands.
      unclaimed.delete(outdated);
      const supersedes = mayBeDeployed(outdated) ? { supersedes: true } : {};
      result.create.push({ version: version.version, replaces: outdated.arn, ...supersedes });
    } else {
      result.create.push({ version: version.version });
    }
  }
  const versionOf = versionsOfPackages(input);
  for (const orphan of [...unclaimed].sort(oldestFirst)) {
    const version = versionOf(orphan);
    const { arn: packageArn } = orphan;
    if (version === undefined) {
      const number = decodeMetadataText(orphan.metadata.mlflow_version ?? '');
      result.gone.push({ packageArn, version: number, reason: `MLflow does not list its version ${number}` });
    } else if (!isPromoted(version)) {
      result.delete.push({ packageArn, reason: `its version is in stage ${version.stage}` });
    } else {
      retire(orphan, version, input.supersededUntil, result);
    }
  }
  return result;
}

/** Versions to be deployed whose files are complete, in the order of their numbers. */
function promoted(versions: readonly ModelVersion[]): ModelVersion[] {
  return versions.filter(isPromoted).sort((a, b) => Number(a.version) - Number(b.version));
}

/** By what {@link packageIdentity} says: with thousands of versions each must find its packages at once. */
function byVersion(ours: readonly ModelPackage[]): Map<string, ModelPackage[]> {
  const packages = new Map<string, ModelPackage[]>();
  for (const one of ours) {
    const identity = packageIdentity(one.metadata);
    const others = packages.get(identity);
    if (others === undefined) {
      packages.set(identity, [one]);
    } else {
      others.push(one);
    }
  }
  return packages;
}

function leave(ours: readonly ModelPackage[]): Plan {
  const synced = ours.filter(({ metadata }) => metadataChange(UNSYNCED, metadata) !== undefined);
  const unsynced = ours.filter(({ metadata }) => metadataChange(UNSYNCED, metadata) === undefined);
  return {
    create: [],
    update: synced.map(({ arn }) => ({ packageArn: arn })),
    delete: [],
    gone: [],
    keep: unsynced.map(({ arn }) => arn),
  };
}

/** The version that a package belongs to; versions are looked up once there is a package that asks. */
function versionsOfPackages({ versions, registryId }: PlanInput): (one: ModelPackage) => ModelVersion | undefined {
  let byIdentity: Map<string, ModelVersion> | undefined;
  return ({ metadata }) => {
    byIdentity ??= new Map(versions.map((version) => [versionIdentity(version, registryId), version]));
    return byIdentity.get(packageIdentity(metadata));
  };
}

/** A package beside the one that its promoted version has: superseded for some time, then deleted. */
function retire(one: ModelPackage, { version }: ModelVersion, until: number | undefined, result: Plan): void {
  const since = supersededAt(one.metadata);
  if (since === undefined && mayBeDeployed(one)) {
    result.update.push({ packageArn: one.arn, version, supersede: true });
  } else if (since === undefined) {
    result.delete.push({ packageArn: one.arn, reason: 'a second package of its version' });
  } else if (until === undefined || since > until) {
    result.keep.push(one.arn);
  } else {
    const reason = `superseded since ${new Date(since).toISOString()}, and a run of the pipeline has succeeded since`;
    result.delete.push({ packageArn: one.arn, reason });
  }
}

function oldestFirst(a: ModelPackage, b: ModelPackage): number {
  // Stryker disable next-line EqualityOperator: no two packages have the same ARN
  return a.creationTime - b.creationTime || (a.arn < b.arn ? -1 : 1);
}
