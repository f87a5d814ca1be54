import type {
  CreateModelPackageCommandInput,
  CreateModelPackageGroupCommandInput,
  ListModelPackagesCommandInput,
  Tag,
  UpdateModelPackageCommandInput,
} from '@aws-sdk/client-sagemaker';

const ARN = 'arn:aws:sagemaker:us-east-1:111111111111';
const ENTRIES_MAX = 50;

/** A package as the registry holds it. */
export interface StoredPackage {
  readonly arn: string;
  readonly group: string;
  readonly creationTime: number;
  readonly approval: string | undefined;
  readonly containers: NonNullable<CreateModelPackageCommandInput['InferenceSpecification']>['Containers'];
  metadata: Record<string, string>;
}

/** SageMaker's Model Registry in memory, as strict as the service where the sync depends on it. */
export class ModelRegistry {
  readonly groups = new Map<string, { tags: Tag[]; made: number }>();
  readonly packages = new Map<string, StoredPackage>();
  private readonly tokens = new Map<string, string>();
  private made = 0;

  constructor(private readonly now: () => number) {}

  createGroup({ ModelPackageGroupName: name = '', Tags = [] }: CreateModelPackageGroupCommandInput): object {
    if (this.groups.has(name)) {
      throw invalid(`Model Package Group ${name} already exists.`);
    }
    this.groups.set(name, { tags: [...Tags], made: 0 });
    return { ModelPackageGroupArn: groupArn(name) };
  }

  describeGroup({ ModelPackageGroupName: name = '' }: { ModelPackageGroupName?: string | undefined }): object {
    this.group(name);
    return { ModelPackageGroupArn: groupArn(name) };
  }

  listTags({ ResourceArn = '' }: { ResourceArn?: string | undefined }): { Tags: Tag[] } {
    return { Tags: this.group(ResourceArn.split('/').at(-1) ?? '').tags };
  }

  create(input: CreateModelPackageCommandInput): { ModelPackageArn: string } {
    const { ModelPackageGroupName: name = '', ClientToken: token = '' } = input;
    const group = this.group(name);
    const known = this.tokens.get(token);
    if (token !== '' && known !== undefined) {
      return { ModelPackageArn: known };
    }
    group.made += 1;
    const arn = `${ARN}:model-package/${name}/${group.made}`;
    this.packages.set(arn, {
      arn,
      group: name,
      // Two are never made in one moment.
      creationTime: this.now() + this.made++ / 1_000,
      approval: input.ModelApprovalStatus,
      containers: input.InferenceSpecification?.Containers,
      metadata: checked({ ...input.CustomerMetadataProperties }),
    });
    this.tokens.set(token, arn);
    return { ModelPackageArn: arn };
  }

  describe({ ModelPackageName: arn = '' }: { ModelPackageName?: string | undefined }): object {
    const { creationTime, containers, metadata, approval, group } = this.find(arn);
    return {
      ModelPackageArn: arn,
      ModelPackageGroupName: group,
      CreationTime: new Date(creationTime),
      ModelPackageStatus: 'Completed',
      ModelApprovalStatus: approval,
      InferenceSpecification: { Containers: containers },
      CustomerMetadataProperties: { ...metadata },
    };
  }

  update(input: UpdateModelPackageCommandInput): { ModelPackageArn: string } {
    const arn = input.ModelPackageArn ?? '';
    const one = this.find(arn);
    const merged = { ...one.metadata, ...input.CustomerMetadataProperties };
    for (const key of input.CustomerMetadataPropertiesToRemove ?? []) {
      delete merged[key];
    }
    one.metadata = checked(merged);
    return { ModelPackageArn: arn };
  }

  delete({ ModelPackageName: arn = '' }: { ModelPackageName?: string | undefined }): object {
    this.find(arn);
    this.packages.delete(arn);
    return {};
  }

  list({ ModelPackageGroupName: name, MaxResults = 10, NextToken }: ListModelPackagesCommandInput): object {
    if (name !== undefined) {
      this.group(name);
    }
    const from = Number(NextToken ?? 0);
    const all = [...this.packages.values()]
      .filter(({ group }) => name === undefined || group === name)
      .sort((a, b) => a.creationTime - b.creationTime);
    const page = all.slice(from, from + MaxResults);
    return {
      ModelPackageSummaryList: page.map(({ arn, group, creationTime }) => ({
        ModelPackageArn: arn,
        ModelPackageGroupName: group,
        CreationTime: new Date(creationTime),
        ModelPackageStatus: 'Completed',
      })),
      ...(from + MaxResults < all.length ? { NextToken: String(from + MaxResults) } : {}),
    };
  }

  private group(name: string) {
    const group = this.groups.get(name);
    if (group === undefined) {
      throw invalid(`Model Package Group ${groupArn(name)} does not exist.`);
    }
    return group;
  }

  private find(arn: string): StoredPackage {
    const found = this.packages.get(arn);
    if (found === undefined) {
      throw invalid(`ModelPackage ${arn} does not exist.`);
    }
    return found;
  }
}

function groupArn(name: string): string {
  return `${ARN}:model-package-group/${name}`;
}

/** API_CreateModelPackage, CustomerMetadataProperties. */
function checked(metadata: Record<string, string>): Record<string, string> {
  const entries = Object.entries(metadata);
  const wrong = entries.find(
    ([key, value]) =>
      !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(key) || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u.test(value),
  );
  if (wrong !== undefined || entries.length > ENTRIES_MAX) {
    throw invalid(`CustomerMetadataProperties: ${wrong === undefined ? `${entries.length} entries` : wrong.join('=')}`);
  }
  return metadata;
}

function invalid(message: string): Error {
  return Object.assign(new Error(message), { name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
}
