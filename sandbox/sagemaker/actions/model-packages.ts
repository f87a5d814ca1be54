import type {
  DeleteModelPackageInput,
  DescribeModelPackageInput,
  ListModelPackagesInput,
} from '@aws-sdk/client-sagemaker';
import type { Valid } from '../../aws-json/valid';
import { arnOfNameOrArn } from '../arn';
import { findPackage } from '../find';
import { page } from '../paging';
import type { ActionContext } from './context';

/** DescribeModelPackage: a version by ARN. */
export function describeModelPackage(input: Valid<DescribeModelPackageInput>, { state }: ActionContext) {
  return findPackage(state, input.ModelPackageName).details;
}

/**
 * ListModelPackages: unversioned packages, of which there are none here, unless a type or a group is asked for
 * (API_ListModelPackages). A group that does not exist has no packages, which is no error.
 */
export function listModelPackages(input: Valid<ListModelPackagesInput>, { caller, state }: ActionContext) {
  const { ModelPackageGroupName: group, ModelApprovalStatus: approval } = input;
  const type = input.ModelPackageType ?? (group === undefined ? 'Unversioned' : 'Versioned');
  const groupArn = group === undefined ? undefined : arnOfNameOrArn(caller, 'model-package-group', group);
  const groupName = groupArn === undefined ? undefined : state.groups.get(groupArn)?.details.ModelPackageGroupName;
  const listed = [...state.packages.values()]
    .filter(() => type !== 'Unversioned')
    .filter(({ details }) => group === undefined || details.ModelPackageGroupName === groupName)
    .filter(({ details }) => (approval ?? details.ModelApprovalStatus) === details.ModelApprovalStatus);
  const { items, ...rest } = page('ListModelPackages', listed, input);
  return { ModelPackageSummaryList: items, ...rest };
}

/** DeleteModelPackage: models and endpoints that came from it stay; a new deployment of such a model fails. */
export function deleteModelPackage(input: Valid<DeleteModelPackageInput>, { state }: ActionContext) {
  state.packages.delete(findPackage(state, input.ModelPackageName).details.ModelPackageArn);
  return undefined;
}
