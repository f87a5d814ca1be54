import type {
  CreateModelPackageGroupInput,
  DeleteModelPackageGroupInput,
  DescribeModelPackageGroupInput,
  ListModelPackageGroupsInput,
} from '@aws-sdk/client-sagemaker';
import { ServiceError, validationException } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { arnOf } from '../arn';
import { findGroup } from '../find';
import { page } from '../paging';
import type { ActionContext } from './context';
import { tagMap } from './tags';

/**
 * CreateModelPackageGroup. A name that is taken is refused with `ValidationException`, "Model Package Group already exists":
 * not `ConflictException`, which the API reference (API_CreateModelPackageGroup) does not list for it.
 */
export function createModelPackageGroup(input: Valid<CreateModelPackageGroupInput>, { caller, state }: ActionContext) {
  const arn = arnOf(caller, 'model-package-group', input.ModelPackageGroupName);
  if (state.groups.has(arn)) throw validationException(`Model Package Group already exists: ${arn}`);
  state.groups.set(arn, {
    sequence: state.nextSequence(),
    tags: tagMap(input.Tags),
    lastVersion: 0,
    details: {
      ModelPackageGroupName: input.ModelPackageGroupName,
      ModelPackageGroupArn: arn,
      ModelPackageGroupDescription: input.ModelPackageGroupDescription,
      ManagedConfiguration: input.ManagedConfiguration,
      CreationTime: new Date(),
      CreatedBy: {},
      ModelPackageGroupStatus: 'Completed',
    },
  });
  return { ModelPackageGroupArn: arn };
}

/** DescribeModelPackageGroup, by name or ARN. */
export function describeModelPackageGroup(input: Valid<DescribeModelPackageGroupInput>, { state }: ActionContext) {
  return findGroup(state, input.ModelPackageGroupName).details;
}

/** ListModelPackageGroups: by CreationTime, ascending, unless asked otherwise (API_ListModelPackageGroups). */
export function listModelPackageGroups(input: Valid<ListModelPackageGroupsInput>, { state }: ActionContext) {
  const { items, ...rest } = page('ListModelPackageGroups', [...state.groups.values()], input);
  return { ModelPackageGroupSummaryList: items, ...rest };
}

/**
 * DeleteModelPackageGroup. A group that has packages is refused with `ConflictException`, the only error that the API
 * reference (API_DeleteModelPackageGroup) lists; the wording is not documented.
 */
export function deleteModelPackageGroup(input: Valid<DeleteModelPackageGroupInput>, { state }: ActionContext) {
  const { ModelPackageGroupArn: arn, ModelPackageGroupName: name } = findGroup(
    state,
    input.ModelPackageGroupName,
  ).details;
  if ([...state.packages.values()].some(({ details }) => details.ModelPackageGroupName === name)) {
    const message = `ModelPackageGroup ${arn} cannot be deleted because it has model packages.`;
    throw new ServiceError('ConflictException', message, 400, { Message: message });
  }
  state.groups.delete(arn);
  return undefined;
}
