import { z } from 'zod';
import type { ResourceHandler } from '../../aws-json/cloudformation';
import { duplicate, notFound } from '../errors';
import { findPortfolio } from '../find';
import { newId } from '../ids';
import type { Portfolio } from '../state';
import type { ResourceContext } from './context';

const schema = z.strictObject({
  AcceptLanguage: z.string().optional(),
  Description: z.string().max(2000).optional(),
  PortfolioId: z.string(),
  ProductId: z.string(),
  RoleArn: z.string(),
});

/** `AWS::ServiceCatalog::LaunchRoleConstraint`: one for each product of a portfolio. LocalRoleName is not here. */
export function launchRoleResource({ states }: ResourceContext): ResourceHandler {
  return {
    create({ caller, properties }) {
      const { PortfolioId, ProductId, RoleArn: roleArn, Description: description } = schema.parse(properties);
      const portfolio = findPortfolio(states.of(caller), PortfolioId);
      if (!portfolio.productIds.has(ProductId)) {
        throw notFound(`Product ${ProductId} is not associated with the portfolio ${PortfolioId}.`);
      }
      if ([...portfolio.constraints.values()].some(({ productId }) => productId === ProductId)) {
        throw duplicate(`A launch constraint of the product ${ProductId} already exists in ${PortfolioId}.`);
      }
      const id = newId('cons');
      portfolio.constraints.set(id, { id, productId: ProductId, roleArn, description });
      return { physicalId: id, attributes: { Id: id } };
    },
    update({ caller, properties, physicalId }) {
      const { RoleArn: roleArn, Description: description } = schema.parse(properties);
      const constraint = holderOf([...states.of(caller).portfolios.values()], physicalId)?.constraints.get(physicalId);
      if (!constraint) throw notFound(`Constraint not found: ${physicalId}`);
      Object.assign(constraint, { roleArn, description });
      return { physicalId, attributes: { Id: physicalId } };
    },
    delete({ caller, physicalId }) {
      holderOf([...states.of(caller).portfolios.values()], physicalId)?.constraints.delete(physicalId);
    },
  };
}

function holderOf(portfolios: readonly Portfolio[], constraint: string): Portfolio | undefined {
  return portfolios.find(({ constraints }) => constraints.has(constraint));
}
