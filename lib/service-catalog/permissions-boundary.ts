import { Aws } from 'aws-cdk-lib';
import { ManagedPolicy, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { PERMISSIONS_BOUNDARY } from '../../product-template/lib/names';
import { acknowledgeWildcards } from '../acknowledge';
import { allow, arn, bucketArn, colonArn, plainArn, roleArn } from '../arns';
import { PRODUCT } from './product-names';

/**
 * The most that any role of a model's pipeline can do, whatever its policies say: the launch role can make no role without it.
 * What the pipeline deploys is deployed by the account's CDK roles, which it assumes.
 */
export class PermissionsBoundary extends Construct {
  readonly policyArn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: PERMISSIONS_BOUNDARY,
      description: "MLflow-MLOps: the boundary of the roles of models' pipelines",
      statements: this.statements(),
    });
    // By its name: CDK's own ARN of the policy is known only to this stack.
    this.policyArn = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:policy/${PERMISSIONS_BOUNDARY}`;
    acknowledgeWildcards(policy, {
      'endpoint/': 'A boundary grants nothing. It allows tests that owners add between the environments.',
      '': 'A boundary grants nothing. It limits what the roles in pipelines of models can be granted.',
    });
  }

  private statements(): PolicyStatement[] {
    return [
      allow('sts', ['AssumeRole'], roleArn('cdk-*'), roleArn(PRODUCT.role)),
      allow(
        's3',
        ['Abort*', 'DeleteObject*', 'GetBucket*', 'GetObject*', 'List*', 'PutObject*'],
        bucketArn(PRODUCT.bucket),
        `${bucketArn(PRODUCT.bucket)}/*`,
      ),
      allow(
        'codecommit',
        ['CancelUploadArchive', 'GetBranch', 'GetCommit', 'GetRepository', 'GetUploadArchiveStatus', 'UploadArchive'],
        plainArn(this, 'codecommit', PRODUCT.repository),
      ),
      allow(
        'codebuild',
        ['BatchGetBuilds', 'StartBuild', 'StopBuild'],
        arn(this, 'codebuild', 'project', PRODUCT.anyProject),
      ),
      allow(
        'codebuild',
        ['BatchPutCodeCoverages', 'BatchPutTestCases', 'CreateReport', 'CreateReportGroup', 'UpdateReport'],
        arn(this, 'codebuild', 'report-group', PRODUCT.anyProject),
      ),
      allow('codepipeline', ['StartPipelineExecution'], plainArn(this, 'codepipeline', PRODUCT.pipeline)),
      allow(
        'logs',
        ['CreateLogGroup', 'CreateLogStream', 'PutLogEvents'],
        colonArn(this, 'logs', 'log-group', `/aws/codebuild/${PRODUCT.anyProject}`),
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
