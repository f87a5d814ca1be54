import { notFound } from './errors';
import type { AccountState, LaunchRecord, Portfolio, Product, ProvisionedProduct, Version } from './state';

/** How requests name a product. */
export interface ProductName {
  readonly ProductId?: string | undefined;
  readonly ProductName?: string | undefined;
}

/** How requests name a version. */
export interface VersionName {
  readonly ProvisioningArtifactId?: string | undefined;
  readonly ProvisioningArtifactName?: string | undefined;
}

/** A portfolio by its id. @throws ServiceError `ResourceNotFoundException` */
export function findPortfolio(state: AccountState, id: string): Portfolio {
  return found(state.portfolios.get(id), `Portfolio not found: ${id}`);
}

/** A product by its id or name. @throws ServiceError `ResourceNotFoundException` */
export function findProduct(state: AccountState, { ProductId: id, ProductName: name }: ProductName): Product {
  const named = [...state.products.values()].find(({ details }) => details.name === name);
  return found(id === undefined ? named : state.products.get(id), `Product not found: ${id ?? name}`);
}

/** A version of a product by its id or name. @throws ServiceError `ResourceNotFoundException` */
export function findVersion(product: Product, asked: VersionName): Version {
  const { ProvisioningArtifactId: id, ProvisioningArtifactName: name } = asked;
  const version = product.versions.find((each) => (id === undefined ? each.name === name : each.id === id));
  return found(version, `Provisioning artifact not found: ${id ?? name}`);
}

/** A provisioned product by its id or name; a name may also be its ARN. @throws ServiceError `ResourceNotFoundException` */
export function findProvisioned(
  state: AccountState,
  { id, name }: { readonly id?: string | undefined; readonly name?: string | undefined },
): ProvisionedProduct {
  const named = [...state.provisioned.values()].find((each) => each.name === name || each.arn === name);
  const one = id === undefined ? named : state.provisioned.get(id);
  return found(one, `Provisioned product not found: ${id ?? name}`);
}

/** A record by its id. @throws ServiceError `ResourceNotFoundException` */
export function findRecord(state: AccountState, id: string): LaunchRecord {
  return found(state.records.get(id), `Record not found: ${id}`);
}

function found<Resource>(resource: Resource | undefined, message: string): Resource {
  if (resource === undefined) throw notFound(message);
  return resource;
}
