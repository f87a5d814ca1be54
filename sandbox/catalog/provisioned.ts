import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  type ProvisionedProductAttribute,
  paginateSearchProvisionedProducts,
  SearchProvisionedProductsCommand,
} from '@aws-sdk/client-service-catalog';
import { pipelineName, repositoryName } from '../../lambda/shared/names/deployment-names';
import { groupNameOf } from '../../lambda/shared/names/group-name';
import type { Aws } from '../demo/aws';

/** The product's parameter. */
export const MODEL_NAME = 'ModelName';

/** What belongs to a model whose product is provisioned. */
export interface ProvisionedModel {
  readonly modelName: string;
  readonly provisionedProductId: string;
  /** The stack that Service Catalog made. */
  readonly stackName: string;
  /** The model package group, which names all the rest. */
  readonly groupName: string;
  readonly repositoryName: string;
  readonly pipelineName: string;
  /** The outputs of the product's stack, by their names. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a model's resources are called. */
export function namesOf(modelName: string) {
  const groupName = groupNameOf(modelName);
  return { groupName, repositoryName: repositoryName(groupName), pipelineName: pipelineName(groupName) };
}

/** The name under which a model's product is provisioned: the group's, which Service Catalog takes as it is. */
export function productNameOf(modelName: string): string {
  return groupNameOf(modelName);
}

/** The provisioned product of a name, if there is one, whoever provisioned it. */
export async function findProduct(
  { serviceCatalog }: Aws,
  name: string,
): Promise<ProvisionedProductAttribute | undefined> {
  const search = new SearchProvisionedProductsCommand({
    AccessLevelFilter: { Key: 'Account', Value: 'self' },
    Filters: { SearchQuery: [`name:${name}`] },
  });
  return (await serviceCatalog.send(search)).ProvisionedProducts?.[0];
}

/** The names of the models for which the account has a product, in alphabetical order. */
export async function provisionedModelNames(aws: Aws): Promise<string[]> {
  const names: string[] = [];
  const pages = paginateSearchProvisionedProducts(
    { client: aws.serviceCatalog },
    { AccessLevelFilter: { Key: 'Account', Value: 'self' } },
  );
  for await (const { ProvisionedProducts = [] } of pages) {
    for (const product of ProvisionedProducts) names.push((await modelNameOf(aws, product)) ?? product.Name ?? '');
  }
  return names.sort();
}

/** Which model a product is for, as its stack knows; undefined when it has none. */
async function modelNameOf(
  { cloudFormation }: Aws,
  { PhysicalId: stack }: ProvisionedProductAttribute,
): Promise<string | undefined> {
  if (stack === undefined) return undefined;
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: stack }));
  return Stacks?.[0]?.Parameters?.find(({ ParameterKey }) => ParameterKey === MODEL_NAME)?.ParameterValue;
}
