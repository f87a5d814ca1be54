import type { CreateModelPackageInput, InferenceSpecification } from '@aws-sdk/client-sagemaker';
import { validationException } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { arnOf } from '../arn';
import { checkContainer } from '../containers';
import { modelPackageEvent } from '../events';
import { findGroup } from '../find';
import type { StoredGroup, StoredPackage } from '../state';
import { isReplay, tokenedRequest } from '../tokens';
import type { ActionContext } from './context';

type Input = Valid<CreateModelPackageInput>;

/**
 * CreateModelPackage: a version of a group. A request that is repeated with its `ClientToken` is
 * answered with the package that it made; deleting the package frees the token. A version is Completed at once: there is nothing to validate.
 *
 * @throws ServiceError `ValidationException` for what API_CreateModelPackage rules out beyond the service model
 */
export async function createModelPackage(input: Input, context: ActionContext) {
  const { state, events, caller } = context;
  const replayed = findReplay(input, context);
  if (replayed) return replayed;
  // AWS's message, as seen by those who met it.
  if (input.ModelPackageGroupName === undefined) throw validationException('Missing ARN.');
  const group = findGroup(state, input.ModelPackageGroupName);
  refuseForVersioned(input);
  const inference = await checkedInference(input.InferenceSpecification, context);

  // From here to the store nothing waits, so that two requests at once get two versions, and one token one package.
  const overtaken = findReplay(input, context);
  if (overtaken) return overtaken;
  const stored = newPackage(input, group, inference, context);
  state.packages.set(stored.details.ModelPackageArn, stored);
  events.send(caller, modelPackageEvent(stored));
  return { ModelPackageArn: stored.details.ModelPackageArn };
}

function findReplay(input: Input, { state }: ActionContext) {
  const sent = tokenedRequest(input);
  const stored = [...state.packages.values()].find(({ creation }) => isReplay(sent, creation));
  return stored && { ModelPackageArn: stored.details.ModelPackageArn };
}

/** API_CreateModelPackage: a version uses its group's tags and cannot be given any; it is not for the Marketplace. */
function refuseForVersioned(input: Input): void {
  if (input.Tags && input.Tags.length > 0) {
    throw validationException(
      'Tags cannot be given for a versioned model package: it uses the tags of its model package group.',
    );
  }
  if (input.CertifyForMarketplace) {
    throw validationException('CertifyForMarketplace does not apply to versioned model packages.');
  }
}

/**
 * The inference specification with what SageMaker adds to it.
 *
 * @throws ServiceError `ValidationException` when an image or model data will not do
 */
async function checkedInference(
  specification: Valid<InferenceSpecification> | undefined,
  context: ActionContext,
): Promise<Valid<InferenceSpecification> | undefined> {
  if (!specification) return undefined;
  const containers = [];
  for (const container of specification.Containers) {
    const etag = await checkContainer(context, container);
    containers.push(etag === undefined ? container : { ...container, ModelDataETag: etag });
  }
  return { ...specification, Containers: containers };
}

/** A version has a number and no name of its own; it waits for approval unless it was registered with another status. */
function newPackage(
  input: Input,
  group: StoredGroup,
  inference: Valid<InferenceSpecification> | undefined,
  { caller, state }: ActionContext,
): StoredPackage {
  if (!inference && input.SourceUri === undefined) {
    throw validationException('Either InferenceSpecification or SourceUri must be provided for a model package.');
  }
  const { Tags, ClientToken, ...kept } = input;
  const name = group.details.ModelPackageGroupName;
  group.lastVersion += 1;
  return {
    sequence: state.nextSequence(),
    tags: new Map(),
    creation: tokenedRequest(input),
    details: {
      ...kept,
      ModelPackageGroupName: name,
      ModelPackageVersion: group.lastVersion,
      ModelPackageArn: arnOf(caller, 'model-package', `${name}/${group.lastVersion}`),
      ModelApprovalStatus: input.ModelApprovalStatus ?? 'PendingManualApproval',
      InferenceSpecification: inference,
      CreationTime: new Date(),
      CreatedBy: {},
      ModelPackageStatus: 'Completed',
      ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    },
  } as StoredPackage;
}
