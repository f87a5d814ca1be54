import { Aws, Tags } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { deployRoleName, endpointsRoleName, stackRoleName } from '../../product-template/lib/names';
import { acknowledgeWildcards } from '../acknowledge';
import { allow, arn, bucketArn, roleArn } from '../arns';
import { launchRights } from './launch-rights';
import type { PermissionsBoundary } from './permissions-boundary';
import { PRODUCT, PRODUCT_WILDCARDS } from './product-names';

const CLOUDFORMATION = 'cloudformation.amazonaws.com';

/**
 * The roles that a model's pipeline deploys with, in place of the CDK roles of the account.
 *
 * CloudFormation keeps the role of a stack, and uses it for everyone who may update that stack, whoever they are. Service Catalog's
 * own end-user policy allows updates of the product's stacks. So the roles that these stacks keep must be able to do no more than
 * the product: that is why none of them can create a role without the {@link PermissionsBoundary}, and why the boundary does not
 * lead to a role that can do more.
 */
export class ModelRoles extends Construct {
  constructor(scope: Construct, id: string, { policyArn }: PermissionsBoundary) {
    super(scope, id);
    const stack = this.stackRole(policyArn);
    const endpoints = this.endpointsRole();
    this.deployRole([stack, endpoints]);
  }

  /** CloudFormation changes the product's stack with it: the rights of the launch role, which has made the stack. */
  private stackRole(boundaryArn: string): Role {
    const role = new Role(this, 'Stack', {
      roleName: stackRoleName(Aws.REGION),
      description: "MLflow-MLOps: CloudFormation updates and deletes models' stacks",
      assumedBy: new ServicePrincipal(CLOUDFORMATION),
    });
    for (const statement of Object.values(launchRights(this, boundaryArn)).flat()) {
      role.addToPolicy(statement);
    }
    acknowledgeWildcards(role, {
      ...PRODUCT_WILDCARDS,
      'role/SC-': "Named after the product's stack. Without the boundary, no role can be created or get a permission.",
      '/SC-': "Named after the product's stack, which Service Catalog names `SC-<account>-pp-<id>`.",
      ':::sc-': "The product's bucket, which CloudFormation names after the stack.",
      '-assets-': 'The seeds of new repositories, which CodeCommit reads for the caller. Each version has its own.',
      '*': 'The list of repositories has no resource.',
    });
    return role;
  }

  /** CloudFormation changes the stacks with endpoints with it: models, configurations and endpoints, and nothing else. */
  private endpointsRole(): Role {
    const role = new Role(this, 'Endpoints', {
      roleName: endpointsRoleName(Aws.REGION),
      description: 'MLflow-MLOps: CloudFormation creates, updates and deletes endpoints of models',
      assumedBy: new ServicePrincipal(CLOUDFORMATION),
    });
    const of = (...types: string[]) => types.map((type) => arn(this, 'sagemaker', type, '*'));
    role.addToPolicy(allow('sagemaker', ['CreateModel', 'DeleteModel', 'DescribeModel'], ...of('model')));
    role.addToPolicy(
      allow(
        'sagemaker',
        ['CreateEndpointConfig', 'DeleteEndpointConfig', 'DescribeEndpointConfig'],
        ...of('endpoint-config'),
      ),
    );
    role.addToPolicy(
      allow(
        'sagemaker',
        [
          'CreateEndpoint',
          'DeleteEndpoint',
          'DescribeEndpoint',
          'UpdateEndpoint',
          'UpdateEndpointWeightsAndCapacities',
        ],
        ...of('endpoint', 'endpoint-config'),
      ),
    );
    role.addToPolicy(
      allow('sagemaker', ['AddTags', 'DeleteTags', 'ListTags'], ...of('model', 'endpoint-config', 'endpoint')),
    );
    // The images and files of a package are those of the model that names it.
    role.addToPolicy(allow('sagemaker', ['DescribeModelPackage'], ...of('model-package')));
    role.addToPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [roleArn(PRODUCT.endpointRole)],
        conditions: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
      }),
    );
    acknowledgeWildcards(role, {
      'role/mlflow-mlops-endpoint-': 'Owners choose the role of their endpoints, by names that begin like this.',
      ':sagemaker:': 'CloudFormation names models and configurations. Endpoints are named after any model.',
    });
    return role;
  }

  /** A pipeline deploys with it: change sets of models' stacks, with one of the two roles. */
  private deployRole(executionRoles: readonly Role[]): void {
    const role = new Role(this, 'Deploy', {
      roleName: deployRoleName(Aws.REGION),
      description: 'MLflow-MLOps: pipelines of models deploy with it',
      assumedBy: new AccountPrincipal(Aws.ACCOUNT_ID).withConditions({
        ArnLike: { 'aws:PrincipalArn': roleArn(PRODUCT.pipelineRole) },
      }),
    });
    // CDK's self-mutation may assume the roles that have this tag.
    Tags.of(role).add('aws-cdk:bootstrap-role', 'deploy');
    const stacks = [PRODUCT.stack, PRODUCT.stageStack].map((name) => arn(this, 'cloudformation', 'stack', `${name}/*`));
    role.addToPolicy(
      allow(
        'cloudformation',
        [
          'DeleteChangeSet',
          'DescribeChangeSet',
          'DescribeStackEvents',
          'DescribeStackResources',
          'DescribeStacks',
          'ExecuteChangeSet',
          'GetTemplate',
          'ListStackResources',
        ],
        ...stacks,
      ),
    );
    // A change set without a role would run with the one that the stack has kept, and other products have such stacks, too.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['cloudformation:CreateChangeSet'],
        resources: stacks,
        conditions: { ArnEquals: { 'cloudformation:RoleArn': executionRoles.map(({ roleArn }) => roleArn) } },
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: executionRoles.map(({ roleArn }) => roleArn),
        conditions: { StringEquals: { 'iam:PassedToService': CLOUDFORMATION } },
      }),
    );
    // CodePipeline reads the templates in the role's name.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [`${bucketArn(PRODUCT.bucket)}/*`],
        conditions: { StringEquals: { 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    acknowledgeWildcards(role, {
      ...PRODUCT_WILDCARDS,
      '/SC-': 'The stacks of products, which Service Catalog names `SC-<account>-pp-<id>`.',
      ':::sc-': "The product's bucket, which CloudFormation names after the stack.",
    });
  }
}
