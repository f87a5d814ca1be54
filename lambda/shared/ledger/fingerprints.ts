import { createHash } from 'node:crypto';
import type { ImageOverrides } from '../../packaging/choice';
import { isPromoted } from '../environments';
import { METADATA_VALUE_MAX } from '../packages/metadata-text';
import type { ListedPackage } from '../packages/model-package';
import type { ModelVersion } from '../registry/registry';
import { MultisetDigest } from './multiset';

/** What a plan depends on besides the versions and packages of its model. */
export interface PlanContext {
  /** Changes with the code that plans: a new release looks at everything once. */
  readonly revision: string;
  readonly registryId: string;
  readonly owner: string;
  readonly overrides: ImageOverrides;
}

/** What two cheap listings say of a model, without anything described. */
export interface Fingerprints {
  /** Of the versions that are to be deployed, and of all that decides on their packages. */
  readonly desired: string;
  /** Of the packages that there are, of whatever origin. */
  readonly present: string;
}

/**
 * The fingerprints of an enrolled model. As long as both are what they were when a plan came out empty, a plan would come out
 * empty again, but for two things that no listing shows: what people change in a package's metadata, and what the date changes.
 *
 * @param versions any of the model's versions, but all that are promoted
 * @param packages all packages of the model's group
 */
export function fingerprintsOf(
  context: PlanContext,
  versions: Iterable<ModelVersion>,
  packages: Iterable<ListedPackage>,
): Fingerprints {
  const desired = new MultisetDigest();
  for (const version of versions) {
    addVersion(desired, version);
  }
  const present = new MultisetDigest();
  for (const one of packages) {
    addPackage(present, one);
  }
  return sealed(context, desired, present);
}

/** Both digests as fingerprints, once everything was added. */
export function sealed(context: PlanContext, desired: MultisetDigest, present: MultisetDigest): Fingerprints {
  const { revision, registryId, owner, overrides } = context;
  const { sum, count } = desired.state;
  return {
    desired: hashOf([revision, registryId, owner, Object.entries(overrides).sort(), sum, count]),
    present: hashOf([present.state.sum, present.state.count]),
  };
}

/** Takes in a version; one that is not to be deployed leaves no trace, since no plan looks at it. */
export function addVersion(desired: MultisetDigest, version: ModelVersion): void {
  if (isPromoted(version)) {
    const { name, version: number, creationTimestamp, stage, aliases, runId, source, description, tags } = version;
    const texts = [name, number, stage, runId, source, description].map(significant);
    const tagTexts = Object.entries(tags).map(([key, value]) => [key, significant(value)]);
    desired.add(JSON.stringify([texts, creationTimestamp, [...aliases].sort(), tagTexts.sort(byKey)]));
  }
}

/** Takes in a package. A group that was made anew gives the same ARNs again, but not in the same moment. */
export function addPackage(
  present: MultisetDigest,
  { arn, creationTime, status, approvalStatus }: ListedPackage,
): void {
  present.add(JSON.stringify([arn, creationTime, status, approvalStatus]));
}

/**
 * As much of a text as can matter: what is longer than metadata hold is left out of them whole, and refused as a name of an
 * image or a flavour. So whoever keeps many texts need not keep long ones.
 */
export function significant(text: string): string {
  return text.slice(0, METADATA_VALUE_MAX + 1);
}

function byKey([a = '']: string[], [b = '']: string[]): number {
  return a < b ? -1 : 1;
}

function hashOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content), 'utf8').digest('hex');
}
