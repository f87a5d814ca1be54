import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DeleteModelPackageCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  ListModelPackagesCommand,
  ListTagsCommand,
  type ModelApprovalStatus,
  type ModelPackageContainerDefinition,
  type ModelPackageSummary,
  paginateListModelPackages,
  type SageMakerClient,
  UpdateModelPackageCommand,
  type UpdateModelPackageCommandInput,
} from '@aws-sdk/client-sagemaker';
import { messageOf, RefusedError } from '../errors';
import { type MetadataChange, OWNER_KEY } from './metadata';
import type { ListedPackage, ModelPackage } from './model-package';

/** Packages described at once: SageMaker throttles an account's calls. */
const DESCRIBE_CONCURRENCY = 8;
/** The most that ListModelPackages gives at once. */
const PAGE_SIZE = 100;

/** What a new package says besides its group. */
export interface NewPackage {
  readonly groupName: string;
  readonly description: string;
  readonly image: string;
  /** S3 URI of an archive; one that ends in `/` is a folder of files as they are. */
  readonly modelDataUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly approvalStatus: ModelApprovalStatus;
  /** At most 36 characters: the same token within one execution gives the same package. */
  readonly clientToken: string;
}

/** The SageMaker Model Registry, as this installation writes it. */
export class ModelPackages {
  constructor(
    private readonly client: SageMakerClient,
    private readonly owner: string,
  ) {}

  /** All packages of a group, every page, in whatever state; none where the group does not exist. */
  async list(groupName: string): Promise<ModelPackage[]> {
    return this.describeAll(await this.listed(groupName));
  }

  /** The packages of a group as the listing shows them, oldest first, every page; none where the group does not exist. */
  async listed(groupName: string): Promise<ListedPackage[]> {
    const listed: ListedPackage[] = [];
    try {
      const pages = paginateListModelPackages(
        { client: this.client, pageSize: PAGE_SIZE },
        { ModelPackageGroupName: groupName, SortBy: 'CreationTime', SortOrder: 'Ascending' },
      );
      for await (const { ModelPackageSummaryList } of pages) {
        listed.push(...(ModelPackageSummaryList ?? []).map(listedPackage));
      }
    } catch (error) {
      if (isMissing(error)) {
        return [];
      }
      throw error;
    }
    return listed;
  }

  /** A page of the versioned packages of all groups, oldest first. */
  async page(
    token: string | undefined,
  ): Promise<{ items: { groupName: string; listed: ListedPackage }[]; next: string | undefined }> {
    const { ModelPackageSummaryList, NextToken } = await this.client.send(
      new ListModelPackagesCommand({
        ModelPackageType: 'Versioned',
        SortBy: 'CreationTime',
        SortOrder: 'Ascending',
        MaxResults: PAGE_SIZE,
        NextToken: token,
      }),
    );
    const items = (ModelPackageSummaryList ?? []).map((summary) => ({
      groupName: summary.ModelPackageGroupName ?? '',
      listed: listedPackage(summary),
    }));
    return { items, next: NextToken || undefined };
  }

  /** Packages with all that they say, some at once; those that were deleted meanwhile are left out. */
  async describeAll(listed: readonly ListedPackage[]): Promise<ModelPackage[]> {
    const packages: ModelPackage[] = [];
    for (let start = 0; start < listed.length; start += DESCRIBE_CONCURRENCY) {
      const slice = listed.slice(start, start + DESCRIBE_CONCURRENCY);
      const described = await Promise.all(slice.map(({ arn }) => this.describe(arn)));
      packages.push(...described.filter((found) => found !== undefined));
    }
    return packages;
  }

  /** One package; undefined where it was deleted meanwhile. */
  async describe(arn: string): Promise<ModelPackage | undefined> {
    try {
      const answer = await this.client.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
      const container = answer.InferenceSpecification?.Containers?.[0];
      return {
        arn,
        creationTime: answer.CreationTime?.getTime() ?? 0,
        image: container?.Image ?? '',
        modelDataUrl: container?.ModelDataUrl ?? container?.ModelDataSource?.S3DataSource?.S3Uri ?? '',
        status: answer.ModelPackageStatus ?? 'Completed',
        approvalStatus: answer.ModelApprovalStatus ?? 'PendingManualApproval',
        metadata: answer.CustomerMetadataProperties ?? {},
      };
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** @returns true for a package with this installation's mark */
  isOurs({ metadata }: ModelPackage): boolean {
    return metadata[OWNER_KEY] === this.owner;
  }

  /**
   * Registers a package; its group is made where there is none.
   *
   * @returns the package's ARN
   * @throws RefusedError when the group belongs to somebody else
   */
  async create(wanted: NewPackage): Promise<string> {
    await this.ensureGroup(wanted.groupName);
    const { ModelPackageArn } = await this.client.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: wanted.groupName,
        ModelPackageDescription: wanted.description,
        ModelApprovalStatus: wanted.approvalStatus,
        ClientToken: wanted.clientToken,
        CustomerMetadataProperties: { ...wanted.metadata },
        InferenceSpecification: {
          Containers: [
            { Image: wanted.image, ...modelDataOf(wanted.modelDataUrl), Environment: { ...wanted.environment } },
          ],
          SupportedContentTypes: ['application/json', 'text/csv'],
          SupportedResponseMIMETypes: ['application/json'],
        },
      }),
    );
    return ModelPackageArn ?? '';
  }

  /** Changes metadata only: SageMaker merges them, and leaves approval and image as they are. */
  async updateMetadata(arn: string, { set, remove }: MetadataChange): Promise<void> {
    const update = (change: Partial<UpdateModelPackageCommandInput>) =>
      this.client.send(new UpdateModelPackageCommand({ ModelPackageArn: arn, ...change }));
    // What goes makes room first: the limit of 50 entries would count both.
    if (remove.length > 0) {
      await update({ CustomerMetadataPropertiesToRemove: remove });
    }
    if (Object.keys(set).length > 0) {
      await update({ CustomerMetadataProperties: set });
    }
  }

  /** Deletes a package; one that is gone already is fine. */
  async delete(arn: string): Promise<void> {
    try {
      await this.client.send(new DeleteModelPackageCommand({ ModelPackageName: arn }));
    } catch (error) {
      if (!isMissing(error)) {
        throw error;
      }
    }
  }

  private async ensureGroup(groupName: string): Promise<void> {
    const arn = await this.groupArn(groupName);
    if (arn === undefined) {
      try {
        await this.client.send(
          new CreateModelPackageGroupCommand({
            ModelPackageGroupName: groupName,
            ModelPackageGroupDescription: 'Synced from an MLflow registry by MLflow-MLOps',
            Tags: [{ Key: OWNER_KEY, Value: this.owner }],
          }),
        );
        return;
      } catch (error) {
        // Another version of the model came first.
        if (!/already exists/i.test(messageOf(error))) {
          throw error;
        }
        return this.ensureGroup(groupName);
      }
    }
    const { Tags } = await this.client.send(new ListTagsCommand({ ResourceArn: arn }));
    if (!(Tags ?? []).some(({ Key, Value }) => Key === OWNER_KEY && Value === this.owner)) {
      throw new RefusedError(
        `model package group ${groupName} was not made by this installation, so nothing is put into it: ` +
          `delete it, or give it the tag ${OWNER_KEY}=${this.owner}`,
      );
    }
  }

  private async groupArn(groupName: string): Promise<string | undefined> {
    try {
      const answer = await this.client.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName: groupName }));
      return answer.ModelPackageGroupArn;
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }
}

function listedPackage(summary: ModelPackageSummary): ListedPackage {
  return {
    arn: summary.ModelPackageArn ?? '',
    creationTime: summary.CreationTime?.getTime() ?? 0,
    status: summary.ModelPackageStatus ?? 'Completed',
    approvalStatus: summary.ModelApprovalStatus ?? 'PendingManualApproval',
  };
}

/** A folder is told from an archive by its last character, as SageMaker tells it (API_S3ModelDataSource). */
function modelDataOf(url: string): Pick<ModelPackageContainerDefinition, 'ModelDataUrl' | 'ModelDataSource'> {
  return url.endsWith('/')
    ? { ModelDataSource: { S3DataSource: { S3Uri: url, S3DataType: 'S3Prefix', CompressionType: 'None' } } }
    : { ModelDataUrl: url };
}

/** SageMaker says in prose that a thing is not there, under codes that also mean other things. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(ValidationException|ResourceNotFound)/.test(error.name) &&
    /does not exist|not found|cannot find|could not find/i.test(error.message)
  );
}
