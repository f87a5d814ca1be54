import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BuildSpec, ComputeType, type ISource, LinuxBuildImage, Project } from 'aws-cdk-lib/aws-codebuild';
import { Repository, TagMutability } from 'aws-cdk-lib/aws-ecr';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { BUILD_MINUTES, QUEUED_MINUTES } from '../../lambda/environments/build-record';
import { ENVIRONMENT_FILES } from '../../lambda/shared/artifact-folders';
import { acknowledge, acknowledgeWildcards } from '../acknowledge';
import { allow } from '../arns';
import { grantKey } from '../encryption';
import { ENVIRONMENT_IMAGES } from '../names';
import { PROJECT } from '../project';

/** The builder runs with this Python of CodeBuild's image (codebuild/latest/userguide/available-runtimes.html). */
const PYTHON = '3.12';
/** Below the source, where commands run: each build has its own. */
const BUILDER = '.venv';

export interface ImageBuildsProps {
  /** Has what a build reads, and gets what it reports. */
  readonly bucket: Bucket;
  /** Name of the secret with the credentials of package indexes. @default - the indexes need none */
  readonly indexSecret: string | undefined;
}

/**
 * Builds environment images and keeps them. A build needs neither Docker nor privileges: it unpacks wheels, and executes nothing of
 * them while it has the right to push.
 */
export class ImageBuilds extends Construct {
  /** An image's tag is the digest of its environment. */
  readonly repository: Repository;
  readonly project: Project;

  constructor(scope: Construct, id: string, { bucket, indexSecret }: ImageBuildsProps) {
    super(scope, id);
    this.repository = new Repository(this, 'Repository', {
      repositoryName: ENVIRONMENT_IMAGES,
      imageScanOnPush: true,
      imageTagMutability: TagMutability.IMMUTABLE,
      // Packages and endpoints refer to its images.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const program = new Asset(this, 'Program', {
      path: join(PROJECT, 'environment-image'),
      exclude: ['**/__pycache__', '**/*.pyc'],
    });
    this.project = new Project(this, 'Build', {
      projectName: ENVIRONMENT_IMAGES,
      description: 'MLflow-MLOps: builds the image of a Python environment',
      source: sourceOf(program),
      environment: {
        // SageMaker's instances and its serverless endpoints run this architecture.
        buildImage: LinuxBuildImage.STANDARD_7_0,
        computeType: ComputeType.MEDIUM,
        privileged: false,
      },
      environmentVariables: {
        BUCKET: { value: bucket.bucketName },
        REPOSITORY_URI: { value: this.repository.repositoryUri },
        ...(indexSecret === undefined ? {} : { INDEX_SECRET: { value: indexSecret } }),
      },
      timeout: Duration.minutes(BUILD_MINUTES),
      queuedTimeout: Duration.minutes(QUEUED_MINUTES),
      grantReportGroupPermissions: false,
      logging: {
        cloudWatch: {
          logGroup: new LogGroup(this, 'Logs', {
            retention: RetentionDays.THREE_MONTHS,
            removalPolicy: RemovalPolicy.DESTROY,
          }),
        },
      },
      buildSpec: BuildSpec.fromObject({
        version: '0.2',
        phases: {
          install: {
            'runtime-versions': { python: PYTHON },
            commands: [
              `python -m venv ${BUILDER}`,
              `${BUILDER}/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r builder/requirements.txt`,
            ],
          },
          build: { commands: [`${BUILDER}/bin/python -m builder`] },
        },
      }),
    });
    this.grantBuild(program, bucket);
    if (indexSecret !== undefined) {
      const { secretArn } = Secret.fromSecretNameV2(this, 'IndexSecret', indexSecret);
      this.project.addToRolePolicy(allow('secretsmanager', ['GetSecretValue'], `${secretArn}-??????`));
    }
    acknowledgeWildcards(this.project, {
      '/aws/codebuild/': 'The log streams of one project.',
      [ENVIRONMENT_FILES]:
        'A folder for each environment, named after its digest. A build reads one and reports into it.',
      '-??????':
        'Secrets Manager adds six characters to the name of the secret with the credentials of package indexes.',
      '*': 'The ECR login has no resource. The build can push to one repository only.',
    });
    acknowledge(this.project, 'CB4', 'The build has no artifacts: its image goes to ECR, which encrypts it.');
  }

  /** What a build does: it reads this program and one environment's files, pushes an image and reports. */
  private grantBuild(program: Asset, bucket: Bucket): void {
    const { project, repository } = this;
    for (const statement of [
      // docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
      allow('s3', ['GetObject', 'GetObjectVersion'], program.bucket.arnForObjects(program.s3ObjectKey)),
      allow('s3', ['GetBucketAcl', 'GetBucketLocation'], program.bucket.bucketArn),
      allow(
        's3',
        ['GetObject'],
        ...['spec.json', 'wheels/*'].map((file) => bucket.arnForObjects(`${ENVIRONMENT_FILES}/*/${file}`)),
      ),
      allow('s3', ['PutObject'], bucket.arnForObjects(`${ENVIRONMENT_FILES}/*/result.json`)),
      // docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html, and what shows what is there already.
      allow(
        'ecr',
        [
          'BatchCheckLayerAvailability',
          'BatchGetImage',
          'CompleteLayerUpload',
          'DescribeImages',
          'GetDownloadUrlForLayer',
          'InitiateLayerUpload',
          'PutImage',
          'UploadLayerPart',
        ],
        repository.repositoryArn,
      ),
    ]) {
      project.addToRolePolicy(statement);
    }
    project.addToRolePolicy(new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }));
    grantKey(bucket.encryptionKey, project, 's3', 'Decrypt', 'GenerateDataKey');
  }
}

/** An asset as the source of a build. CDK's own source of this kind lets the build list and read the bucket of all assets. */
function sourceOf({ s3BucketName, s3ObjectKey }: Asset): ISource {
  return {
    type: 'S3',
    badgeSupported: false,
    bind: () => ({ sourceProperty: { type: 'S3', location: `${s3BucketName}/${s3ObjectKey}` } }),
  };
}
