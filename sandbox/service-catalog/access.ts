import { createHash } from 'node:crypto';
import type { Caller } from '../aws-json/caller';
import { invalidParameters, notFound } from './errors';
import type { AccountState, Portfolio, Product } from './state';

/** A way from a caller to a product: the portfolio by which the caller has access to it. */
export interface LaunchPath {
  readonly id: string;
  readonly name: string;
  readonly portfolio: Portfolio;
  readonly launchRoleArn: string | undefined;
}

/**
 * The ways by which a caller may launch a product. The account's own key has access to every portfolio; a session of an assumed
 * role has it where its role is associated.
 */
export function launchPaths(state: AccountState, caller: Caller, product: Product): LaunchPath[] {
  return [...state.portfolios.values()]
    .filter((portfolio) => portfolio.productIds.has(product.id) && hasAccess(portfolio, caller))
    .map((portfolio) => ({
      id: pathId(portfolio, product),
      name: portfolio.displayName,
      portfolio,
      launchRoleArn: [...portfolio.constraints.values()].find(({ productId }) => productId === product.id)?.roleArn,
    }));
}

/**
 * The way that a request means.
 *
 * @throws ServiceError `ResourceNotFoundException` when the caller has none, `InvalidParametersException` when it has several
 */
export function launchPath(
  state: AccountState,
  caller: Caller,
  product: Product,
  asked: { readonly PathId?: string | undefined; readonly PathName?: string | undefined },
): LaunchPath {
  const paths = launchPaths(state, caller, product);
  if (paths.length === 0) throw notFound(`No launch paths found for resource: ${product.id}`);
  const { PathId: id, PathName: name } = asked;
  const meant = paths.filter((path) => (id ?? path.id) === path.id && (name ?? path.name) === path.name);
  const [path, other] = meant;
  if (!path) throw notFound(`Launch path ${id ?? name} was not found for resource: ${product.id}`);
  if (other) throw invalidParameters(`${product.id} has several launch paths: give PathId or PathName.`);
  return path;
}

/** The products that a caller may launch. */
export function visibleProducts(state: AccountState, caller: Caller): Product[] {
  return [...state.products.values()].filter((product) => launchPaths(state, caller, product).length > 0);
}

/** Who calls, as Service Catalog notes it. */
export function principalOf({ account, principal }: Caller): string {
  return principal ?? `arn:aws:iam::${account}:root`;
}

function hasAccess(portfolio: Portfolio, { account, principal }: Caller): boolean {
  const role = /:assumed-role\/([^/]+)\//.exec(principal ?? '')?.[1];
  return role === undefined || [...portfolio.principals.values()].some((arn) => isRole(arn, account, role));
}

/** A session does not tell its role's path, so only the name behind it is compared. */
function isRole(arn: string, account: string, role: string): boolean {
  const [, owner, path] = /^arn:[a-z-]+:iam::(\d+):role\/(.+)$/.exec(arn) ?? [];
  return owner === account && path?.split('/').at(-1) === role;
}

function pathId(portfolio: Portfolio, product: Product): string {
  const digest = createHash('sha256').update(`${portfolio.id}/${product.id}`).digest('hex');
  return `lpv3-${digest.slice(0, 13)}`;
}
