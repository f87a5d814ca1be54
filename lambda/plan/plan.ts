import type { CreateAction, DeleteAction, UpdateAction } from '../shared/contracts';
import { environmentsOf, isPromoted } from '../shared/environments';
import {
  identityMetadata,
  liveChange,
  metadataChange,
  OWNER_KEY,
  registryMark,
  UNSYNCED,
} from '../shared/packages/metadata';
import type { ModelPackage } from '../shared/packages/model-package';
import type { ModelVersion } from '../shared/registry/registry';

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
  /** What people should know of a package's image today. */
  readonly warningOf: (image: string) => string | undefined;
}

export interface Plan {
  readonly create: CreateAction[];
  readonly update: UpdateAction[];
  readonly delete: DeleteAction[];
  readonly keep: string[];
}

/**
 * What makes SageMaker's registry say what MLflow's says. Pure: the same input gives the same plan, and a plan made after
 * it was carried out is empty.
 *
 * - Packages without this installation's mark, or of another registry, do not exist for it.
 * - A version that is promoted has exactly one package. Where its packing is outdated a new one replaces it, so that
 *   endpoints follow; stage, aliases, description and tags are updates in place.
 * - Approval is no part of it: people decide.
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
  const result: Plan = { create: [], update: [], delete: [], keep: [] };
  const unclaimed = new Set(ours);
  for (const version of promoted(input.versions)) {
    const candidates = ours.filter((candidate) => belongsTo(candidate, version, input.registryId)).sort(oldestFirst);
    // A package that SageMaker could not make is replaced like an outdated one.
    const current = candidates.find((one) => one.status !== 'Failed' && input.isCurrent(version, one));
    const [outdated] = candidates;
    if (current !== undefined) {
      unclaimed.delete(current);
      if (liveChange(version, input.warningOf(current.image), current.metadata) === undefined) {
        result.keep.push(current.arn);
      } else {
        result.update.push({ packageArn: current.arn, version: version.version });
      }
    } else if (outdated !== undefined) {
      // The old one serves until the new one stands.
      unclaimed.delete(outdated);
      result.create.push({ version: version.version, replaces: outdated.arn });
    } else {
      result.create.push({ version: version.version });
    }
  }
  for (const orphan of [...unclaimed].sort(oldestFirst)) {
    result.delete.push({ packageArn: orphan.arn, reason: reasonToDelete(orphan, input) });
  }
  return result;
}

/** Versions to be deployed whose files are complete, in the order of their numbers. */
function promoted(versions: readonly ModelVersion[]): ModelVersion[] {
  return versions.filter(isPromoted).sort((a, b) => Number(a.version) - Number(b.version));
}

/** A run can be missing, shared, or stand again under a model that was made anew: only all of these together tell. */
function belongsTo(modelPackage: ModelPackage, version: ModelVersion, registryId: string): boolean {
  return metadataChange(identityMetadata(version, registryId), modelPackage.metadata) === undefined;
}

function leave(ours: readonly ModelPackage[]): Plan {
  const synced = ours.filter(({ metadata }) => metadataChange(UNSYNCED, metadata) !== undefined);
  const unsynced = ours.filter((modelPackage) => !synced.includes(modelPackage));
  return {
    create: [],
    update: synced.map(({ arn }) => ({ packageArn: arn })),
    delete: [],
    keep: unsynced.map(({ arn }) => arn),
  };
}

function reasonToDelete(orphan: ModelPackage, input: PlanInput): string {
  const version = input.versions.find((candidate) => belongsTo(orphan, candidate, input.registryId));
  if (version === undefined) {
    return 'its version is not in the registry any more';
  }
  return environmentsOf(version).length > 0
    ? 'a second package of its version'
    : `its version is in stage ${version.stage}`;
}

function oldestFirst(a: ModelPackage, b: ModelPackage): number {
  return a.creationTime - b.creationTime || (a.arn < b.arn ? -1 : 1);
}
