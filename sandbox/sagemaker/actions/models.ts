import type {
  ContainerDefinition,
  CreateModelInput,
  DeleteModelInput,
  DescribeModelInput,
} from '@aws-sdk/client-sagemaker';
import { validationException } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { arnOf } from '../arn';
import { checkContainer } from '../containers';
import { checkEnvironmentSize, refuseSecondEnvironment } from '../environment';
import { findModel, findPackage, refuseExisting } from '../find';
import type { ActionContext } from './context';
import { tagMap } from './tags';

/**
 * CreateModel, from images or from a package. SageMaker reads the image with the execution role; here the caller looks for it,
 * and the role is not looked at: there is no IAM here.
 *
 * @throws ServiceError `ValidationException` when containers are missing or contradictory, or a package is not fit to deploy
 */
export async function createModel(input: Valid<CreateModelInput>, context: ActionContext) {
  const { caller, state } = context;
  const arn = arnOf(caller, 'model', input.ModelName);
  const { PrimaryContainer: primary, Containers: containers = [] } = input;
  if ((primary === undefined) === (containers.length === 0)) {
    throw validationException('Exactly one of PrimaryContainer and Containers must be provided.');
  }
  const all = primary ? [primary] : containers;
  checkEnvironmentSize(all.map(({ Environment }) => Environment));
  for (const container of all) await checkModelContainer(container, context);
  refuseExisting(state.models.has(input.ModelName), 'model', arn);
  const { Tags, ...details } = input;
  state.models.set(input.ModelName, {
    sequence: state.nextSequence(),
    tags: tagMap(Tags),
    details: {
      ...details,
      EnableNetworkIsolation: input.EnableNetworkIsolation ?? false,
      ModelArn: arn,
      CreationTime: new Date(),
    },
  });
  return { ModelArn: arn };
}

async function checkModelContainer(container: Valid<ContainerDefinition>, context: ActionContext): Promise<void> {
  const { ModelPackageName: packageName, Image: image } = container;
  if ((packageName === undefined) === (image === undefined)) {
    throw validationException('Exactly one of Image and ModelPackageName must be provided for a container.');
  }
  if (packageName === undefined) {
    await checkContainer(context, container);
    return;
  }
  if (container.ModelDataUrl !== undefined || container.ModelDataSource !== undefined) {
    throw validationException('Model data cannot be given with ModelPackageName: the package has it.');
  }
  await checkPackage(packageName, container, context);
}

/**
 * A package can be deployed when it is Completed and Approved (API_CreateModelPackage, ModelApprovalStatus:
 * "must be set to Approved to deploy the model"). AWS does not document how CreateModel words the refusal.
 */
async function checkPackage(
  packageName: string,
  { Environment }: Valid<ContainerDefinition>,
  context: ActionContext,
): Promise<void> {
  const { details } = findPackage(context.state, packageName);
  if (details.ModelPackageStatus !== 'Completed') {
    throw validationException(`ModelPackage ${details.ModelPackageArn} is not Completed.`);
  }
  if (details.ModelApprovalStatus !== 'Approved') {
    throw validationException(
      `ModelPackage ${details.ModelPackageArn} cannot be deployed: its approval status is ${details.ModelApprovalStatus}, not Approved.`,
    );
  }
  if (!details.InferenceSpecification) {
    throw validationException(`ModelPackage ${details.ModelPackageArn} has no InferenceSpecification.`);
  }
  for (const container of details.InferenceSpecification.Containers) {
    refuseSecondEnvironment(container.Environment, Environment);
    await checkContainer(context, container);
  }
}

/** DescribeModel. A model made from a package answers the package, not its containers. */
export function describeModel(input: Valid<DescribeModelInput>, { state }: ActionContext) {
  return findModel(state, input.ModelName).details;
}

/** DeleteModel: only the entry (API_DeleteModel); configurations that name it stay, and cannot be deployed any more. */
export function deleteModel(input: Valid<DeleteModelInput>, { state }: ActionContext) {
  findModel(state, input.ModelName);
  state.models.delete(input.ModelName);
  return undefined;
}
