import { Aws, DefaultStackSynthesizer, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { CREATE_WEBHOOK_FUNCTION, TERMINATE_FUNCTION } from '../../product-template/lib/names';
import { allow, arn, bucketArn, colonArn, plainArn, roleArn } from '../arns';
import { PRODUCT } from './product-names';

/** The boundary of products from before version 4. */
const FORMER_BOUNDARY = 'mlflow-mlops-model-pipeline-boundary';

/**
 * What CloudFormation calls in the launch role's name, by the type of resource that it makes: for those types that the product
 * has, with the product's names. A new type in the product needs an entry here.
 *
 * Most types say in their schema what they call (`aws cloudformation describe-type`, `handlers.*.permissions`); what only
 * serves properties that the product does not have is left out.
 *
 * @param boundaryArn the managed policy without which no role may be made
 */
export function launchRights(scope: Construct, boundaryArn: string): Record<string, PolicyStatement[]> {
  const roles = roleArn(PRODUCT.role);
  const bounded = { StringEquals: { 'iam:PermissionsBoundary': boundaryArn } };
  return {
    'AWS::CloudFormation::CustomResource': [
      allow(
        'lambda',
        ['InvokeFunction'],
        ...[CREATE_WEBHOOK_FUNCTION, TERMINATE_FUNCTION].map((name) => colonArn(scope, 'lambda', 'function', name)),
      ),
    ],
    'AWS::CodeCommit::Repository': [
      allow(
        'codecommit',
        [
          'CreateCommit',
          'CreateRepository',
          'DeleteRepository',
          'GetRepository',
          'GetRepositoryTriggers',
          'ListTagsForResource',
          'PutRepositoryTriggers',
          'TagResource',
          'UntagResource',
          'UpdateRepositoryDescription',
        ],
        plainArn(scope, 'codecommit', PRODUCT.repository),
      ),
      // Repositories are found by their ids; a list takes no resource.
      allow('codecommit', ['ListRepositories'], '*'),
      // The seed, which CodeCommit reads in the caller's name.
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [`${bucketArn(assetBucket(scope))}/*`],
        conditions: { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
      }),
    ],
    'AWS::S3::Bucket': [
      allow(
        's3',
        [
          'CreateBucket',
          'DeleteBucket',
          'Get*Configuration',
          'GetBucket*',
          'ListBucket',
          'ListTagsForResource',
          'PutBucketPublicAccessBlock',
          'PutBucketTagging',
          'PutEncryptionConfiguration',
          'PutLifecycleConfiguration',
          'TagResource',
          'UntagResource',
        ],
        bucketArn(PRODUCT.bucket),
      ),
    ],
    'AWS::S3::BucketPolicy': [
      allow('s3', ['DeleteBucketPolicy', 'GetBucketPolicy', 'PutBucketPolicy'], bucketArn(PRODUCT.bucket)),
    ],
    'AWS::IAM::Role': [
      // A role gets the boundary when it is made, and no later change can take it away.
      new PolicyStatement({
        actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary'],
        resources: [roles],
        conditions: bounded,
      }),
      // These know no boundary. They give a role no rights.
      allow(
        'iam',
        [
          'DeleteRole',
          'GetRole',
          'ListAttachedRolePolicies',
          'ListRolePolicies',
          'ListRoleTags',
          'TagRole',
          'UntagRole',
          'UpdateAssumeRolePolicy',
          'UpdateRole',
        ],
        roles,
      ),
    ],
    'AWS::IAM::Policy': [
      new PolicyStatement({
        actions: ['iam:PutRolePolicy'],
        resources: [roles],
        conditions: bounded,
      }),
      // Also for the roles of products from before version 4, which may still be terminated.
      new PolicyStatement({
        actions: ['iam:DeleteRolePolicy'],
        resources: [roles],
        conditions: {
          StringEquals: {
            'iam:PermissionsBoundary': [
              boundaryArn,
              `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:policy/${FORMER_BOUNDARY}`,
            ],
          },
        },
      }),
      allow('iam', ['GetRolePolicy'], roles),
    ],
    'AWS::CodeBuild::Project': [
      allow(
        'codebuild',
        ['BatchGetProjects', 'CreateProject', 'DeleteProject', 'UpdateProject'],
        arn(scope, 'codebuild', 'project', PRODUCT.project),
      ),
      passRole(roles, 'codebuild'),
    ],
    'AWS::CodePipeline::Pipeline': [
      allow(
        'codepipeline',
        [
          'CreatePipeline',
          'DeletePipeline',
          'GetPipeline',
          'GetPipelineState',
          'ListTagsForResource',
          'StartPipelineExecution',
          'TagResource',
          'UntagResource',
          'UpdatePipeline',
        ],
        plainArn(scope, 'codepipeline', PRODUCT.pipeline),
      ),
      passRole(roles, 'codepipeline'),
    ],
    'AWS::Events::Rule': [
      allow(
        'events',
        [
          'DeleteRule',
          'DescribeRule',
          'ListTagsForResource',
          'ListTargetsByRule',
          'PutRule',
          'PutTargets',
          'RemoveTargets',
          'TagResource',
          'UntagResource',
        ],
        ...[PRODUCT.rule, PRODUCT.pushRule].map((name) => arn(scope, 'events', 'rule', name)),
      ),
      // The rule for a push starts the pipeline by a role; the rule for the registry calls a function, which allows it itself.
      passRole(roles, 'events'),
    ],
  };
}

function passRole(roles: string, service: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['iam:PassRole'],
    resources: [roles],
    conditions: { StringEquals: { 'iam:PassedToService': `${service}.amazonaws.com` } },
  });
}

/** The bucket that CDK's bootstrapping made for assets. */
function assetBucket(scope: Construct): string {
  const qualifier = Stack.of(scope).synthesizer.bootstrapQualifier ?? DefaultStackSynthesizer.DEFAULT_QUALIFIER;
  return `cdk-${qualifier}-assets-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
}
