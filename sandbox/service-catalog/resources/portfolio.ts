import type { CreatePortfolioInput } from '@aws-sdk/client-service-catalog';
import type { ResourceHandler, ResourceRequest, StackResource } from '../../aws-json/cloudformation';
import { inputOf } from '../../aws-json/properties';
import type { Valid } from '../../aws-json/valid';
import { inUse } from '../errors';
import { findPortfolio } from '../find';
import { catalogArn, newId } from '../ids';
import type { Portfolio } from '../state';
import type { ResourceContext } from './context';

/** `AWS::ServiceCatalog::Portfolio`. One with products, principals or constraints is not deleted (API_DeletePortfolio). */
export function portfolioResource({ model, states }: ResourceContext): ResourceHandler {
  const wanted = ({ logicalId, properties }: ResourceRequest) => {
    const input = inputOf(model, 'CreatePortfolioInput', { ...properties, IdempotencyToken: logicalId });
    const { DisplayName, ProviderName, Description, Tags = [] } = input as unknown as Valid<CreatePortfolioInput>;
    return { displayName: DisplayName, providerName: ProviderName, description: Description, tags: Tags };
  };
  return {
    create(request) {
      const { caller } = request;
      const id = newId('port');
      const portfolio: Portfolio = {
        ...wanted(request),
        id,
        arn: catalogArn(caller, 'portfolio', id),
        createdTime: new Date(),
        productIds: new Set(),
        principals: new Map(),
        constraints: new Map(),
      };
      states.of(caller).portfolios.set(id, portfolio);
      return described(portfolio);
    },
    update(request) {
      return described(Object.assign(findPortfolio(states.of(request.caller), request.physicalId), wanted(request)));
    },
    delete({ caller, physicalId }) {
      const { portfolios } = states.of(caller);
      const portfolio = portfolios.get(physicalId);
      if (portfolio && (portfolio.productIds.size > 0 || portfolio.principals.size > 0)) {
        throw inUse(`Portfolio ${physicalId} still has products or principals associated with it.`);
      }
      portfolios.delete(physicalId);
    },
  };
}

function described({ id, displayName }: Portfolio): StackResource {
  return { physicalId: id, attributes: { Id: id, PortfolioName: displayName } };
}
