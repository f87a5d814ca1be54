import { Aws } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { deployRoleName, permissionsBoundaryName } from '../../product-template/lib/names';
import { acknowledgeWildcards } from '../acknowledge';
import { allow, arn, bucketArn, colonArn, plainArn, roleArn } from '../arns';
import { PRODUCT } from './product-names';

/**
 * The most that any role of a model's pipeline can do, whatever its policies say: no role can be made for a pipeline without it.
 * What the pipeline deploys is deployed by roles of its own, which it assumes. No CDK role of the account is within reach.
 */
export class PermissionsBoundary extends Construct {
  readonly policyArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: permissionsBoundaryName(Aws.REGION),
      description: "MLflow-MLOps: the boundary of the roles of models' pipelines",
      statements: this.statements(),
    });
    // By its name: CDK's own ARN of the policy is known only to this stack.
    this.policyArn = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:policy/${permissionsBoundaryName(Aws.REGION)}`;
    acknowledgeWildcards(policy, {
      'endpoint/': 'A boundary grants nothing. It allows tests that owners add between the environments.',
      '': 'A boundary grants nothing. It limits what the roles in pipelines of models can be granted.',
    });
  }

  private statements(): PolicyStatement[] {
    return [
      allow('sts', ['AssumeRole'], roleArn(deployRoleName(Aws.REGION))),
      new PolicyStatement({
        actions: ['Abort*', 'DeleteObject*', 'GetBucket*', 'GetObject*', 'List*', 'PutObject*'].map(
          (action) => `s3:${action}`,
        ),
        resources: [bucketArn(PRODUCT.bucket), `${bucketArn(PRODUCT.bucket)}/*`],
        conditions: { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
      }),
      // CodePipeline and CodeBuild encrypt what they exchange with the key that AWS manages for S3.
      new PolicyStatement({
        actions: ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey*', 'ReEncrypt*'].map(
          (action) => `kms:${action}`,
        ),
        resources: [arn(this, 'kms', 'key', '*')],
        conditions: { StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
      }),
      allow(
        'codecommit',
        ['CancelUploadArchive', 'GetBranch', 'GetCommit', 'GetRepository', 'GetUploadArchiveStatus', 'UploadArchive'],
        plainArn(this, 'codecommit', PRODUCT.repository),
      ),
      allow(
        'codebuild',
        ['BatchGetBuilds', 'StartBuild', 'StopBuild'],
        arn(this, 'codebuild', 'project', PRODUCT.project),
      ),
      allow(
        'codebuild',
        ['BatchPutCodeCoverages', 'BatchPutTestCases', 'CreateReport', 'CreateReportGroup', 'UpdateReport'],
        arn(this, 'codebuild', 'report-group', PRODUCT.project),
      ),
      allow('codepipeline', ['StartPipelineExecution'], plainArn(this, 'codepipeline', PRODUCT.pipeline)),
      allow(
        'logs',
        ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents'],
        colonArn(this, 'logs', 'log-group', `/aws/codebuild/${PRODUCT.project}`),
      ),
      allow('sagemaker', ['DescribeModelPackage'], arn(this, 'sagemaker', 'model-package', '*')),
      // For the tests that people add between the environments.
      allow('sagemaker', ['InvokeEndpoint'], arn(this, 'sagemaker', 'endpoint', '*')),
      // Lists are lists; the CLI looks for the stacks and the bucket of CDK's bootstrapping.
      allow('sagemaker', ['ListModelPackages'], '*'),
      allow('cloudformation', ['DescribeStacks'], '*'),
      allow('s3', ['ListBucket'], '*'),
      allow('cloudformation', ['DeleteStack'], arn(this, 'cloudformation', 'stack', `${PRODUCT.stageStack}/*`)),
    ];
  }
}
