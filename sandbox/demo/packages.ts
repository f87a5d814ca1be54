import {
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
  paginateListModelPackages,
} from '@aws-sdk/client-sagemaker';
import { decodeMetadataText } from '../../lambda/shared/packages/metadata-text';
import type { Aws } from './aws';

/** A package as SageMaker describes it, with its metadata in plain text. */
export interface SeenPackage {
  readonly arn: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly described: DescribeModelPackageCommandOutput;
}

/** All packages of a group, read through the public client; none where there is no group. */
export async function listPackages(aws: Aws, groupName: string): Promise<SeenPackage[]> {
  const packages: SeenPackage[] = [];
  try {
    const pages = paginateListModelPackages(
      { client: aws.sageMaker, pageSize: 100 },
      { ModelPackageGroupName: groupName },
    );
    for await (const { ModelPackageSummaryList } of pages) {
      for (const { ModelPackageArn: arn } of ModelPackageSummaryList ?? []) {
        const described = await aws.sageMaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
        const metadata = Object.entries(described.CustomerMetadataProperties ?? {});
        packages.push({
          arn: arn ?? '',
          metadata: Object.fromEntries(metadata.map(([key, value]) => [key, decodeMetadataText(value)])),
          described,
        });
      }
    }
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) {
      return [];
    }
    throw error;
  }
  return packages;
}
