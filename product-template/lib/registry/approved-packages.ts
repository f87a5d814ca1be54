import {
  DescribeModelPackageCommand,
  type DescribeModelPackageOutput,
  ModelApprovalStatus,
  paginateListModelPackages,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { RegisteredPackage } from '../deployable/deployable';

/** Packages described at once: SageMaker throttles an account's calls. */
const AT_ONCE = 8;
const PAGE_SIZE = 100;

/** The approved packages of a group in the SageMaker Model Registry; none where the group does not exist (yet). */
export async function approvedPackages(client: SageMakerClient, groupName: string): Promise<RegisteredPackage[]> {
  const arns = await approvedArns(client, groupName);
  const packages: RegisteredPackage[] = [];
  for (let start = 0; start < arns.length; start += AT_ONCE) {
    const described = await Promise.all(arns.slice(start, start + AT_ONCE).map((arn) => describe(client, arn)));
    packages.push(...described.filter((found) => found !== undefined));
  }
  return packages;
}

async function approvedArns(client: SageMakerClient, groupName: string): Promise<string[]> {
  const arns: string[] = [];
  const pages = paginateListModelPackages(
    { client, pageSize: PAGE_SIZE },
    { ModelPackageGroupName: groupName, ModelApprovalStatus: ModelApprovalStatus.APPROVED },
  );
  try {
    for await (const { ModelPackageSummaryList } of pages) {
      arns.push(...(ModelPackageSummaryList ?? []).flatMap(({ ModelPackageArn }) => ModelPackageArn ?? []));
    }
  } catch (error) {
    if (isMissing(error)) {
      return [];
    }
    throw error;
  }
  return arns;
}

async function describe(client: SageMakerClient, arn: string): Promise<RegisteredPackage | undefined> {
  try {
    const found = await client.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
    const { ModelApprovalStatus: approval = '', CustomerMetadataProperties: metadata = {} } = found;
    // Somebody may have rejected it since it was listed, so the approval is this answer's.
    return { arn, approval, metadata, ...(isUncompressed(found) ? { uncompressed: true } : {}) };
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

/** Asks the package itself, not its metadata: it is what SageMaker deploys. */
function isUncompressed({ InferenceSpecification }: DescribeModelPackageOutput): boolean {
  const containers = InferenceSpecification?.Containers ?? [];
  return containers.some(({ ModelDataSource }) => ModelDataSource?.S3DataSource?.CompressionType === 'None');
}

/** SageMaker says in prose that a thing is not there, under codes that also mean other things. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(ValidationException|ResourceNotFound)/.test(error.name) &&
    /does not exist|(can|could) ?not (be )?f(i|ou)nd|not found/i.test(error.message)
  );
}
