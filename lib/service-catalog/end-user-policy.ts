import { Aws } from 'aws-cdk-lib';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CloudFormationProduct } from 'aws-cdk-lib/aws-servicecatalog';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from '../acknowledge';
import { allow } from '../arns';
import { endUserPolicyName } from '../names';
import { PRODUCT } from './product-names';

/**
 * What people need who provision the product: actions of Service Catalog, and nothing else.
 *
 * AWS's own policy AWSServiceCatalogEndUserFullAccess also allows updates of the stacks of products, past Service Catalog and its
 * launch role. The deny keeps these stacks from holders of that policy, if they have this one as well.
 */
export class EndUserPolicy extends ManagedPolicy {
  constructor(scope: Construct, id: string, product: CloudFormationProduct) {
    super(scope, id, {
      managedPolicyName: endUserPolicyName(Aws.REGION),
      description: 'MLflow-MLOps: provision, update and terminate Deploy-MLflow-model',
      statements: [
        allow(
          'servicecatalog',
          ['DescribeProduct', 'DescribeProvisioningParameters', 'ListLaunchPaths', 'ProvisionProduct'],
          product.productArn,
        ),
        allow('servicecatalog', ['DescribeProductView', 'SearchProducts'], '*'),
        new PolicyStatement({
          actions: [
            'DescribeProvisionedProduct',
            'DescribeRecord',
            'ListRecordHistory',
            'ScanProvisionedProducts',
            'SearchProvisionedProducts',
            'TerminateProvisionedProduct',
            'UpdateProvisionedProduct',
          ].map((action) => `servicecatalog:${action}`),
          resources: ['*'],
          conditions: { StringEquals: { 'servicecatalog:userLevel': 'self' } },
        }),
        new PolicyStatement({
          effect: Effect.DENY,
          actions: ['cloudformation:*'],
          resources: [PRODUCT.stack, PRODUCT.stageStack].map(
            (name) => `arn:${Aws.PARTITION}:cloudformation:*:${Aws.ACCOUNT_ID}:stack/${name}`,
          ),
        }),
      ],
    });
    acknowledgeWildcards(this, {
      ':stack/': 'A deny. Only Service Catalog and the pipelines of models change these stacks.',
      '*': "Portfolios decide which products a user can see. The condition limits the rest to the user's own.",
    });
  }
}
