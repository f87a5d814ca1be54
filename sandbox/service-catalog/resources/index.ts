import type { ResourceHandlers } from '../../aws-json/cloudformation';
import { principalAssociationResource, productAssociationResource } from './associations';
import type { ResourceContext } from './context';
import { launchRoleResource } from './launch-role';
import { portfolioResource } from './portfolio';
import { productResource } from './product';

/** The CloudFormation types that are here. */
export function serviceCatalogResources(context: ResourceContext): ResourceHandlers {
  return new Map([
    ['AWS::ServiceCatalog::Portfolio', portfolioResource(context)],
    ['AWS::ServiceCatalog::CloudFormationProduct', productResource(context)],
    ['AWS::ServiceCatalog::PortfolioProductAssociation', productAssociationResource(context)],
    ['AWS::ServiceCatalog::PortfolioPrincipalAssociation', principalAssociationResource(context)],
    ['AWS::ServiceCatalog::LaunchRoleConstraint', launchRoleResource(context)],
  ]);
}
