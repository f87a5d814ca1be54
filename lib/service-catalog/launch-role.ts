import { Duration } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../acknowledge';
import { allow, arn } from '../arns';
import { launchRights } from './launch-rights';
import type { PermissionsBoundary } from './permissions-boundary';
import { PRODUCT, PRODUCT_WILDCARDS } from './product-names';

/**
 * What Service Catalog does in a user's place when it provisions, updates or terminates the product: it makes exactly the
 * product's kinds of resources, under the product's names, and roles only below the {@link PermissionsBoundary}.
 */
export class LaunchRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { policyArn }: PermissionsBoundary) {
    super(scope, id);
    this.role = new Role(this, 'Role', {
      description: 'MLflow-MLOps: launches the product Deploy-MLflow-model',
      assumedBy: new ServicePrincipal('servicecatalog.amazonaws.com'),
      maxSessionDuration: Duration.hours(12),
    });
    const policy = new Policy(this, 'Policy', {
      roles: [this.role],
      statements: [...this.catalogStatements(), ...Object.values(launchRights(this, policyArn)).flat()],
    });
    acknowledgeWildcards(policy, {
      ...PRODUCT_WILDCARDS,
      'role/SC-': "Named after the product's stack. Without the boundary, no role can be created or get a permission.",
      '/SC-': "Named after the product's stack, which Service Catalog names `SC-<account>-pp-<id>`.",
      ':::sc-': "The product's bucket, which CloudFormation names after the stack.",
      '-assets-': 'The seeds of new repositories, which CodeCommit reads for the caller. Each version has its own.',
      '*': "These actions have no resource, or read templates in Service Catalog's bucket, which the tag limits.",
    });
  }

  /** What Service Catalog itself needs (docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html). */
  private catalogStatements(): PolicyStatement[] {
    return [
      allow(
        'cloudformation',
        ['CreateStack', 'DeleteStack', 'DescribeStackEvents', 'DescribeStacks', 'SetStackPolicy', 'UpdateStack'],
        arn(this, 'cloudformation', 'stack', `${PRODUCT.stack}/*`),
      ),
      // These look at a template, not at a stack.
      allow('cloudformation', ['GetTemplateSummary', 'ValidateTemplate'], '*'),
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: ['*'],
        conditions: { StringEquals: { 's3:ExistingObjectTag/servicecatalog:provisioning': 'true' } },
      }),
    ];
  }
}
