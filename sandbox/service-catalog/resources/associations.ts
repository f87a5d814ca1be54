import type {
  AssociatePrincipalWithPortfolioInput,
  AssociateProductWithPortfolioInput,
} from '@aws-sdk/client-service-catalog';
import type { ResourceHandler } from '../../aws-json/cloudformation';
import { lackingInSandbox } from '../../aws-json/errors';
import { inputOf } from '../../aws-json/properties';
import type { Valid } from '../../aws-json/valid';
import { inUse } from '../errors';
import { findPortfolio, findProduct } from '../find';
import type { ResourceContext } from './context';

const SEPARATOR = '|';

/** `AWS::ServiceCatalog::PortfolioProductAssociation`. Whatever is changed replaces it. */
export function productAssociationResource({ model, states }: ResourceContext): ResourceHandler {
  return {
    create({ caller, properties }) {
      const input = inputOf(model, 'AssociateProductWithPortfolioInput', properties);
      const { PortfolioId, ProductId, SourcePortfolioId } =
        input as unknown as Valid<AssociateProductWithPortfolioInput>;
      if (SourcePortfolioId !== undefined) throw lackingInSandbox('Service Catalog', 'portfolios of other accounts');
      const state = states.of(caller);
      findPortfolio(state, PortfolioId).productIds.add(findProduct(state, { ProductId }).id);
      return { physicalId: [PortfolioId, ProductId].join(SEPARATOR), attributes: {} };
    },
    update: ({ physicalId }) => ({ physicalId, attributes: {} }),
    delete({ caller, physicalId }) {
      const [portfolioId = '', product = ''] = physicalId.split(SEPARATOR);
      const portfolio = states.of(caller).portfolios.get(portfolioId);
      if ([...(portfolio?.constraints.values() ?? [])].some(({ productId }) => productId === product)) {
        throw inUse(`Product ${product} still has constraints in the portfolio ${portfolioId}.`);
      }
      portfolio?.productIds.delete(product);
    },
  };
}

/** `AWS::ServiceCatalog::PortfolioPrincipalAssociation`. Whether the principal exists is not looked at, as on AWS. */
export function principalAssociationResource({ model, states }: ResourceContext): ResourceHandler {
  return {
    create({ caller, properties }) {
      const input = inputOf(model, 'AssociatePrincipalWithPortfolioInput', properties);
      const {
        PortfolioId,
        PrincipalARN: arn,
        PrincipalType: type,
      } = input as unknown as Valid<AssociatePrincipalWithPortfolioInput>;
      if (type !== 'IAM') throw lackingInSandbox('Service Catalog', `principals of type ${type}`);
      const physicalId = [PortfolioId, arn].join(SEPARATOR);
      findPortfolio(states.of(caller), PortfolioId).principals.set(physicalId, arn);
      return { physicalId, attributes: {} };
    },
    update: ({ physicalId }) => ({ physicalId, attributes: {} }),
    delete({ caller, physicalId }) {
      const [portfolioId = ''] = physicalId.split(SEPARATOR);
      states.of(caller).portfolios.get(portfolioId)?.principals.delete(physicalId);
    },
  };
}
