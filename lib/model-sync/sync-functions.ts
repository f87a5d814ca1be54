import { Aws, Duration, Stack } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ENVIRONMENT_FILES, MODEL_FILES, SYNC_FILES } from '../../lambda/shared/artifact-folders';
import { acknowledgeWildcards } from '../acknowledge';
import { allow, plainArn } from '../arns';
import { grantKey } from '../encryption';
import type { ImageBuilds } from '../environment-images/image-builds';
import { IMAGE_URI_PARAMETERS } from '../names';
import { NodeFunction } from '../node-function';
import { PRODUCT, PRODUCT_WILDCARDS } from '../service-catalog/product-names';
import type { ArtifactStoreSetting, Settings } from '../settings';
import { grantArtifactStore } from './artifact-store-access';
import { grantSecretValue } from './grant-secret';

export interface SyncFunctionsProps {
  readonly table: TableV2;
  readonly bucket: Bucket;
  /** The user's secret with the registry's credentials. */
  readonly registrySecret: ISecret;
  /** Where the registry's files may be read without it. */
  readonly artifactStore: ArtifactStoreSetting | undefined;
  /** Names of the environments in which only what a person approved is deployed. */
  readonly manualApproval: readonly string[];
  /** How long MLflow must not list a version before its package is deleted without a confirmation, in hours. */
  readonly deletionWaitHours: number;
  /** How long a package is kept after another one of its version has replaced it, in hours. */
  readonly supersededHours: number;
  /** When images with a model's own environment are used. */
  readonly environmentImages: Settings['environmentImages'];
  /** Marks what this installation makes in SageMaker. */
  readonly owner: string;
  /** Builds and keeps environment images. */
  readonly builds: ImageBuilds;
  /** Package indexes that models may name, besides PyPI. */
  readonly environmentIndexes: readonly string[];
}

/** The steps of the state machine, each with just the rights that its calls need. */
export class SyncFunctions extends Construct {
  readonly list: NodeFunction;
  readonly claim: NodeFunction;
  readonly plan: NodeFunction;
  readonly create: NodeFunction;
  readonly update: NodeFunction;
  readonly delete: NodeFunction;
  readonly sweep: NodeFunction;
  readonly release: NodeFunction;

  constructor(scope: Construct, id: string, props: SyncFunctionsProps) {
    super(scope, id);
    const { table, bucket, registrySecret, artifactStore, manualApproval, deletionWaitHours, supersededHours, owner } =
      props;
    const store = { TABLE_NAME: table.tableName };
    const packages = { ...store, OWNER: owner };
    const both = { ...packages, REGISTRY_SECRET: registrySecret.secretName };

    this.list = new NodeFunction(this, 'List', {
      step: 'list',
      description: 'Finds the models that a sync has to sync',
      environment: { ...both, ARTIFACT_BUCKET: bucket.bucketName },
      // It stops reading after four, and a page may take a while.
      timeout: Duration.minutes(6),
      memorySize: 1024,
    });
    table.grant(this.list, 'dynamodb:Query');
    grantSecretValue(registrySecret, this.list);
    this.list.addToRolePolicy(new PolicyStatement({ actions: ['sagemaker:ListModelPackages'], resources: ['*'] }));
    this.list.addToRolePolicy(this.imageParameters());
    this.list.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:GetObject'],
        resources: [bucket.arnForObjects(`${SYNC_FILES}/*`)],
      }),
    );

    this.claim = new NodeFunction(this, 'Claim', {
      step: 'claim',
      description: 'Takes the claim on a model, or tells its holder that the model changed',
      environment: store,
    });
    table.grant(this.claim, 'dynamodb:UpdateItem');

    this.plan = new NodeFunction(this, 'Plan', {
      step: 'plan',
      description: 'Compares both registries for one model',
      environment: {
        ...both,
        DELETION_WAIT_HOURS: String(deletionWaitHours),
        SUPERSEDED_HOURS: String(supersededHours),
      },
      timeout: Duration.minutes(5),
      memorySize: 1024,
    });
    // What an earlier release found in order counts no more, nor what was in order under other settings.
    const settings = [...manualApproval, ...environmentRules(props)];
    for (const step of [this.list, this.plan]) {
      step.addEnvironment('REVISION', [this.plan.codeHash, ...settings].join(' '));
    }
    table.grant(this.plan, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantSecretValue(registrySecret, this.plan);
    this.plan.addToRolePolicy(this.packages('sagemaker:DescribeModelPackage'));
    // A list takes no resource.
    this.plan.addToRolePolicy(new PolicyStatement({ actions: ['sagemaker:ListModelPackages'], resources: ['*'] }));
    this.plan.addToRolePolicy(this.imageParameters());
    this.plan.addToRolePolicy(
      allow('codepipeline', ['ListPipelineExecutions'], plainArn(this, 'codepipeline', PRODUCT.pipeline)),
    );

    this.create = new NodeFunction(this, 'Create', {
      step: 'create',
      description: 'Repacks one version, or has S3 copy its files, and registers it',
      environment: { ...both, ARTIFACT_BUCKET: bucket.bucketName },
      timeout: Duration.minutes(15),
      // One whole vCPU: compression needs about as long as the network (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
      memorySize: 1769,
    });
    table.grant(this.create, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    grantSecretValue(registrySecret, this.create);
    this.create.addToRolePolicy(
      new PolicyStatement({
        actions: [
          // It covers all of a multipart upload but its abort and the list of its parts.
          's3:PutObject',
          's3:AbortMultipartUpload',
          's3:ListMultipartUploadParts',
          // SageMaker looks, in the caller's name, whether the archive is there.
          's3:GetObject',
          // An archive that is used again loses its mark of an unused one.
          's3:DeleteObjectTagging',
        ],
        resources: [bucket.arnForObjects(`${MODEL_FILES}/*`)],
      }),
    );
    // What is there already is not made again: a listing shows it, and without this right S3 says of nothing that it is missing.
    this.create.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
    this.create.addToRolePolicy(
      this.groups(
        'sagemaker:CreateModelPackageGroup',
        'sagemaker:DescribeModelPackageGroup',
        'sagemaker:ListTags',
        'sagemaker:AddTags',
      ),
    );
    this.create.addToRolePolicy(this.packages('sagemaker:DescribeModelPackage'));
    this.create.addToRolePolicy(
      new PolicyStatement({
        actions: ['sagemaker:CreateModelPackage'],
        resources: [this.arn('model-package-group'), this.arn('model-package')],
      }),
    );
    this.create.addToRolePolicy(this.imageParameters());
    this.grantImages(props);

    this.update = new NodeFunction(this, 'Update', {
      step: 'update',
      description: "Brings a package's metadata up to its version",
      environment: both,
    });
    table.grant(this.update, 'dynamodb:UpdateItem');
    grantSecretValue(registrySecret, this.update);
    this.update.addToRolePolicy(this.packages('sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage'));

    this.delete = new NodeFunction(this, 'Delete', {
      step: 'delete',
      description: 'Deletes a package of this installation',
      environment: packages,
    });
    table.grant(this.delete, 'dynamodb:UpdateItem');
    this.delete.addToRolePolicy(this.packages('sagemaker:DescribeModelPackage', 'sagemaker:DeleteModelPackage'));

    this.sweep = new NodeFunction(this, 'Sweep', {
      step: 'sweep',
      description: 'Deletes archives that no package of a model refers to any more',
      environment: { ...packages, ARTIFACT_BUCKET: bucket.bucketName },
      timeout: Duration.minutes(5),
    });
    table.grant(this.sweep, 'dynamodb:UpdateItem');
    this.sweep.addToRolePolicy(this.packages('sagemaker:DescribeModelPackage'));
    this.sweep.addToRolePolicy(new PolicyStatement({ actions: ['sagemaker:ListModelPackages'], resources: ['*'] }));
    this.sweep.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': `${MODEL_FILES}/*` } },
      }),
    );
    // Uploads that are under way cannot be granted by prefix (docs.aws.amazon.com/service-authorization, Amazon S3).
    this.sweep.addToRolePolicy(
      new PolicyStatement({ actions: ['s3:ListBucketMultipartUploads'], resources: [bucket.bucketArn] }),
    );
    this.sweep.addToRolePolicy(
      new PolicyStatement({
        actions: [
          // The mark of what is unused: read, set, and taken off what is used.
          's3:GetObjectTagging',
          's3:PutObjectTagging',
          's3:DeleteObjectTagging',
          's3:DeleteObject',
          's3:AbortMultipartUpload',
        ],
        resources: [bucket.arnForObjects(`${MODEL_FILES}/*`)],
      }),
    );

    this.release = new NodeFunction(this, 'Release', {
      step: 'release',
      description: 'Sums up and lets a model go, unless it changed meanwhile',
      environment: store,
    });
    table.grant(this.release, 'dynamodb:DeleteItem', 'dynamodb:UpdateItem');

    // An archive in parts is encrypted part by part, and decrypted to be completed (AmazonS3/latest/userguide/mpuoverview.html).
    for (const writer of [this.list, this.create]) {
      grantKey(bucket.encryptionKey, writer, 's3', 'GenerateDataKey', 'Decrypt');
    }
    for (const step of [this.plan, this.create]) {
      step.addEnvironment('ENVIRONMENT_IMAGES', props.environmentImages);
    }
    if (manualApproval.length > 0) {
      for (const step of [this.plan, this.create, this.update]) {
        step.addEnvironment('MANUAL_APPROVAL', manualApproval.join(' '));
      }
    }
    if (artifactStore) {
      grantArtifactStore(artifactStore, this.plan);
      grantArtifactStore(artifactStore, this.create);
    }

    acknowledgeWildcards(this, {
      ...PRODUCT_WILDCARDS,
      [SYNC_FILES]: 'One list for each full sync, named after its execution.',
      [ENVIRONMENT_FILES]: 'A folder for each environment, named after its digest.',
      'repository/':
        'SageMaker looks, in the name of the caller, for the images of packages, which are in accounts of AWS or yours.',
      [MODEL_FILES]: 'Archives, named after groups and digests. The bucket policy denies writing to all other roles.',
      'model-package': 'Named after models. The code changes only what has the owner tag of this installation.',
      [IMAGE_URI_PARAMETERS]: 'One optional parameter for each flavor.',
      '*': 'Listing packages has no resource. A full sync lists all groups, the other functions list one.',
    });
  }

  /** Environment images: which indexes models may use, whether an image is there, and how it is built. */
  private grantImages({ builds, bucket, environmentIndexes }: SyncFunctionsProps): void {
    const { create, plan } = this;
    for (const step of [plan, create]) {
      step.addEnvironment('ENVIRONMENT_INDEXES', JSON.stringify(environmentIndexes));
      step.addEnvironment('ENVIRONMENT_REPOSITORY', builds.repository.repositoryUri);
    }
    create.addEnvironment('ENVIRONMENT_PROJECT', builds.project.projectName);
    for (const statement of [
      allow('codebuild', ['StartBuild'], builds.project.projectArn),
      allow('s3', ['GetObject', 'PutObject'], bucket.arnForObjects(`${ENVIRONMENT_FILES}/*`)),
      // CreateModelPackage resolves the image in the caller's name, whichever account has it.
      allow('ecr', ['BatchGetImage', 'DescribeImages'], `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:*:repository/*`),
    ]) {
      create.addToRolePolicy(statement);
    }
  }

  private packages(...actions: string[]): PolicyStatement {
    return new PolicyStatement({ actions, resources: [this.arn('model-package')] });
  }

  private groups(...actions: string[]): PolicyStatement {
    return new PolicyStatement({ actions, resources: [this.arn('model-package-group')] });
  }

  /** Group and package names come from the registry, so the rights cover all of this account and region. */
  private arn(resource: string): string {
    return Stack.of(this).formatArn({ service: 'sagemaker', resource, resourceName: '*' });
  }

  private imageParameters(): PolicyStatement {
    return new PolicyStatement({
      actions: ['ssm:GetParameters'],
      resources: [`arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${IMAGE_URI_PARAMETERS}`],
    });
  }
}

/** The settings that decide which environments models have. */
function environmentRules(props: SyncFunctionsProps): string[] {
  const { environmentImages, environmentIndexes } = props;
  return [environmentImages, ...environmentIndexes];
}
