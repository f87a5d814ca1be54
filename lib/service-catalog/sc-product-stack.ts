import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Group, Role } from 'aws-cdk-lib/aws-iam';
import { CloudFormationProduct, type CloudFormationProductVersion, Portfolio } from 'aws-cdk-lib/aws-servicecatalog';
import type { Construct } from 'constructs';
import { PORTFOLIO_NAME, PRODUCT_NAME, PROVIDER_NAME } from '../names';
import type { Settings } from '../settings';
import { EndUserPolicy } from './end-user-policy';
import { LaunchRole } from './launch-role';
import { ModelRoles } from './model-roles';
import { PermissionsBoundary } from './permissions-boundary';
import { productVersion } from './product-version';
import { offeredVersions } from './released-versions';
import { unreleasedVersion } from './unreleased-version';

/** The portfolio with the product that gives a model its own repository, pipeline and endpoints. */
export class ScProductStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings, props?: StackProps) {
    super(scope, id, { description: 'MLflow-MLOps: the Service Catalog product Deploy-MLflow-model', ...props });

    const boundary = new PermissionsBoundary(this, 'Boundary');
    new ModelRoles(this, 'ModelRoles', boundary);
    const product = this.product(settings);
    const portfolio = new Portfolio(this, 'Portfolio', {
      displayName: PORTFOLIO_NAME,
      providerName: PROVIDER_NAME,
      description: 'Deployment of models from an MLflow registry',
    });
    portfolio.addProduct(product);
    portfolio.setLaunchRole(product, new LaunchRole(this, 'LaunchRole', boundary).role);
    // By name: who they are is the account's affair, and no stack has to exist for it.
    settings.access.roles.forEach((name) => {
      portfolio.giveAccessToRole(Role.fromRoleName(this, `AccessOfRole-${name}`, name));
    });
    settings.access.groups.forEach((name) => {
      portfolio.giveAccessToGroup(Group.fromGroupName(this, `AccessOfGroup-${name}`, name));
    });

    new CfnOutput(this, 'PortfolioId', { value: portfolio.portfolioId, description: 'Grant people access to it' });
    new CfnOutput(this, 'ProductId', { value: product.productId });
    new CfnOutput(this, 'EndUserPolicyArn', {
      value: new EndUserPolicy(this, 'EndUserPolicy', product).managedPolicyArn,
      description: 'The policy for people who provision the product',
    });
  }

  private product(settings: Settings): CloudFormationProduct {
    const work = mkdtempSync(join(tmpdir(), 'mlflow-mlops-versions-'));
    try {
      return new CloudFormationProduct(this, 'Product', {
        productName: PRODUCT_NAME,
        owner: PROVIDER_NAME,
        description:
          'A pipeline that deploys the Staging and Production endpoints of one MLflow model, and follows its promotions',
        productVersions: this.versions(settings, work),
      });
    } finally {
      // CDK has copied what it publishes.
      rmSync(work, { recursive: true, force: true });
    }
  }

  private versions(
    settings: Settings,
    work: string,
  ): [CloudFormationProductVersion, ...CloudFormationProductVersion[]] {
    const offered = offeredVersions().map(({ name, folder }) => productVersion(this, name, folder, work));
    const unreleased = settings.unreleasedProduct ? [unreleasedVersion(this, work)] : [];
    const [first, ...later] = [...offered, ...unreleased];
    if (first === undefined) {
      throw new Error('no version of the product is released: run `npm run release-product`');
    }
    return [first, ...later];
  }
}
