import type {
  BatchDescribeModelPackageInput,
  DeleteModelPackageInput,
  DescribeModelPackageInput,
  ListModelPackagesInput,
} from '@aws-sdk/client-sagemaker';
import type { Valid } from '../../aws-json/valid';
import { arnOfNameOrArn } from '../arn';
import { findPackage } from '../find';
import { sanitizedContent } from '../model-card';
import { page, REGISTRY_LIST } from '../paging';
import type { StoredPackage } from '../state';
import type { ActionContext } from './context';

// A member of the service that the pinned SDK does not know yet.
type DescribeInput = DescribeModelPackageInput & { readonly IncludedData?: 'AllData' | 'MetadataOnly' };

/** DescribeModelPackage: a version by ARN, an unversioned package by name or ARN; on request without the model card's content. */
export function describeModelPackage(input: Valid<DescribeInput>, { state }: ActionContext) {
  const { details } = findPackage(state, input.ModelPackageName);
  const { ModelCard: card } = details;
  if (input.IncludedData !== 'MetadataOnly' || card?.ModelCardContent === undefined) return details;
  return { ...details, ModelCard: { ...card, ModelCardContent: sanitizedContent(card.ModelCardContent) } };
}

/** BatchDescribeModelPackage: what cannot be found is reported beside what can. */
export function batchDescribeModelPackage(input: Valid<BatchDescribeModelPackageInput>, { state }: ActionContext) {
  const summaries: Record<string, object> = {};
  const errors: Record<string, object> = {};
  for (const arn of input.ModelPackageArnList) {
    const stored = state.packages.get(arn);
    if (stored) summaries[arn] = stored.details;
    else errors[arn] = { ErrorCode: 'ValidationException', ErrorResponse: `ModelPackage ${arn} does not exist.` };
  }
  return { ModelPackageSummaries: summaries, BatchDescribeModelPackageErrorMap: errors };
}

/**
 * ListModelPackages: unversioned packages unless a type or a group is asked for (API_ListModelPackages); by CreationTime,
 * ascending. A group that does not exist has no packages, which is no error.
 */
export function listModelPackages(input: Valid<ListModelPackagesInput>, { caller, state }: ActionContext) {
  const group = input.ModelPackageGroupName;
  const groupArn = group === undefined ? undefined : arnOfNameOrArn(caller, 'model-package-group', group);
  const groupName =
    groupArn === undefined ? undefined : (state.groups.get(groupArn)?.details.ModelPackageGroupName ?? '');
  const type = input.ModelPackageType ?? (group === undefined ? 'Unversioned' : 'Versioned');
  const listed = [...state.packages.values()]
    .filter(({ details }) => groupName === undefined || details.ModelPackageGroupName === groupName)
    .filter(({ details }) => type === 'Both' || (type === 'Versioned') === (details.ModelPackageVersion !== undefined))
    .filter(({ details }) => (input.ModelApprovalStatus ?? details.ModelApprovalStatus) === details.ModelApprovalStatus)
    .map(asListed);
  const { items, ...rest } = page('ListModelPackages', listed, input, REGISTRY_LIST);
  return { ModelPackageSummaryList: items, ...rest };
}

function asListed({ details, sequence }: StoredPackage) {
  const name = details.ModelPackageName ?? details.ModelPackageGroupName ?? '';
  return { item: details, name, creationTime: details.CreationTime, sequence };
}

/** DeleteModelPackage: models and endpoints that came from it stay; a new deployment of such a model fails. */
export function deleteModelPackage(input: Valid<DeleteModelPackageInput>, { state }: ActionContext) {
  state.packages.delete(findPackage(state, input.ModelPackageName).details.ModelPackageArn);
  return undefined;
}
