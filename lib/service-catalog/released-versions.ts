import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT_VERSIONS } from '../project';

/** The first version's name is the sample's; later ones have a number. */
export const VERSION_NAME = /^RealTimeEndpoint(?:-([1-9]\d*))?$/;

/** A released version of the product. */
export interface ReleasedVersion {
  readonly name: string;
  readonly folder: string;
}

/**
 * The versions that were released, in their order.
 *
 * @throws Error for a folder whose name is not a version's
 */
export function releasedVersions(folder = PRODUCT_VERSIONS): ReleasedVersion[] {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .map((name) => ({ name, folder: join(folder, name), number: versionNumber(name) }))
    .sort((one, other) => one.number - other.number)
    .map(({ name, folder }) => ({ name, folder }));
}

/**
 * Versions up to this one are withdrawn: their pipelines deploy with the CDK roles of the account, and everyone who may update
 * such a product's stack has the account. Their boundary also has no region in its name. Products that were provisioned with them
 * stay.
 */
const WITHDRAWN = 3;

/** The versions that can be provisioned. */
export function offeredVersions(): ReleasedVersion[] {
  return releasedVersions().filter(({ name }) => versionNumber(name) > WITHDRAWN);
}

/** The place of a version among all: 1 for `RealTimeEndpoint`, 2 for `RealTimeEndpoint-2`. */
export function versionNumber(name: string): number {
  const found = VERSION_NAME.exec(name);
  if (found === null || found[1] === '1') {
    throw new Error(
      `product version "${name}": versions are called RealTimeEndpoint, RealTimeEndpoint-2, RealTimeEndpoint-3, ...`,
    );
  }
  return Number(found[1] ?? 1);
}

/** The name of the version in a place: the inverse of {@link versionNumber}. */
export function versionName(number: number): string {
  return number === 1 ? 'RealTimeEndpoint' : `RealTimeEndpoint-${number}`;
}
