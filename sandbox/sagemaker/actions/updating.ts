import type { UpdateModelPackageInput } from '@aws-sdk/client-sagemaker';
import { validationException } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { modelPackageEvent } from '../events';
import { findPackage } from '../find';
import type { StoredPackage } from '../state';
import { isReplay, tokenedRequest } from '../tokens';
import type { ActionContext } from './context';
import { checkedInference } from './registering';

type Input = Valid<UpdateModelPackageInput>;

/** `CustomerMetadataProperties` has 50 entries at most, in a request (service model) and altogether. */
const MAX_METADATA = 50;
/** API_UpdateModelPackage: "Total number of additional Inference Specifications can not exceed 15." */
const MAX_ADDITIONAL = 15;

/**
 * UpdateModelPackage: changes what was sent and leaves the rest; metadata is merged key by key. The description cannot be
 * changed. Every update sends a state change event, so an Approved package is announced as Approved again. A request that is repeated with its `ClientToken` changes nothing.
 *
 * @throws ServiceError `ValidationException` for an unversioned package (API_UpdateModelPackage: "Updates a versioned model")
 */
export async function updateModelPackage(input: Input, context: ActionContext) {
  const stored = findPackage(context.state, input.ModelPackageArn);
  if (stored.details.ModelPackageVersion === undefined) {
    throw validationException(`Only versioned model packages can be updated: ${input.ModelPackageArn} has no version.`);
  }
  const sent = tokenedRequest(input);
  if (isReplay(sent, stored.updates.get(sent?.token ?? ''))) return answer(stored);
  refuseArchivedCard(input, stored);
  const inference = await checkedInference(input.InferenceSpecification, context);

  // Merged only now: while the model data was looked up, another update may have been made, even this one.
  if (isReplay(sent, stored.updates.get(sent?.token ?? ''))) return answer(stored);
  const changes = { ...changedMembers(input, stored), ...(inference && { InferenceSpecification: inference }) };
  stored.details = { ...stored.details, ...changes, LastModifiedTime: new Date(), LastModifiedBy: {} };
  if (sent) stored.updates.set(sent.token, sent);
  context.events.send(context.caller, modelPackageEvent(stored, Object.keys(changes)));
  return answer(stored);
}

function answer({ details }: StoredPackage) {
  return { ModelPackageArn: details.ModelPackageArn };
}

/** API_ModelPackageModelCard, ModelCardStatus: an archived card's content stays. The message is AWS's. */
function refuseArchivedCard({ ModelCard: sent }: Input, { details }: StoredPackage): void {
  const content = sent?.ModelCardContent;
  if (details.ModelCard?.ModelCardStatus !== 'Archived' || content === undefined) return;
  if (content !== details.ModelCard.ModelCardContent) throw validationException('Model Card is in Archived state.');
}

/** The members that a request changes, with their new values. */
function changedMembers(input: Input, stored: StoredPackage): Partial<StoredPackage['details']> {
  const sent = {
    ModelApprovalStatus: input.ModelApprovalStatus,
    ApprovalDescription: input.ApprovalDescription,
    ModelPackageRegistrationType: input.ModelPackageRegistrationType,
    SourceUri: input.SourceUri,
    ModelCard: input.ModelCard,
    ModelLifeCycle: input.ModelLifeCycle,
    CustomerMetadataProperties: mergedMetadata(input, stored.details.CustomerMetadataProperties ?? {}),
    AdditionalInferenceSpecifications: mergedAdditional(input, stored),
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

function mergedAdditional(input: Input, { details }: StoredPackage) {
  const added = input.AdditionalInferenceSpecificationsToAdd;
  if (added === undefined) return undefined;
  const all = [...(details.AdditionalInferenceSpecifications ?? []), ...added];
  if (all.length > MAX_ADDITIONAL) {
    throw validationException(`Total number of additional Inference Specifications can not exceed ${MAX_ADDITIONAL}.`);
  }
  return all;
}
