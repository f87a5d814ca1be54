import type { UpdateModelPackageInput } from '@aws-sdk/client-sagemaker';
import { validationException } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { modelPackageEvent } from '../events';
import { findPackage } from '../find';
import type { StoredPackage } from '../state';
import type { ActionContext } from './context';

type Input = Valid<UpdateModelPackageInput>;

/** `CustomerMetadataProperties` has 50 entries at most, in a request (service model) and altogether. */
const MAX_METADATA = 50;

/**
 * UpdateModelPackage: changes what was sent and leaves the rest; metadata is merged key by key. The description cannot be
 * changed. Every update sends a state change event, so an Approved package is announced as Approved again.
 *
 * @throws ServiceError `ValidationException` when the package is not there, or would have too many metadata
 */
export function updateModelPackage(input: Input, { state, events, caller }: ActionContext) {
  const stored = findPackage(state, input.ModelPackageArn);
  const changes = changedMembers(input, stored);
  stored.details = { ...stored.details, ...changes, LastModifiedTime: new Date(), LastModifiedBy: {} };
  events.send(caller, modelPackageEvent(stored, Object.keys(changes)));
  return { ModelPackageArn: stored.details.ModelPackageArn };
}

/** The members that a request changes, with their new values. */
function changedMembers(input: Input, stored: StoredPackage): Partial<StoredPackage['details']> {
  const sent = {
    ModelApprovalStatus: input.ModelApprovalStatus,
    ApprovalDescription: input.ApprovalDescription,
    ModelPackageRegistrationType: input.ModelPackageRegistrationType,
    SourceUri: input.SourceUri,
    ModelLifeCycle: input.ModelLifeCycle,
    CustomerMetadataProperties: mergedMetadata(input, stored.details.CustomerMetadataProperties ?? {}),
  };
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
}

/**
 * Removes the keys to remove, then sets the keys sent.
 *
 * @returns undefined when the request says nothing about metadata
 * @throws ServiceError `ValidationException` when more than 50 entries would be left
 */
export function mergedMetadata(
  input: Pick<Input, 'CustomerMetadataProperties' | 'CustomerMetadataPropertiesToRemove'>,
  present: Readonly<Record<string, string>>,
): Record<string, string> | undefined {
  const { CustomerMetadataProperties: set, CustomerMetadataPropertiesToRemove: remove } = input;
  if (set === undefined && remove === undefined) return undefined;
  const kept = Object.entries(present).filter(([key]) => !remove?.includes(key));
  const merged = { ...Object.fromEntries(kept), ...set };
  const count = Object.keys(merged).length;
  if (count > MAX_METADATA) {
    throw validationException(
      `CustomerMetadataProperties has at most ${MAX_METADATA} entries; this would make ${count}.`,
    );
  }
  return merged;
}
