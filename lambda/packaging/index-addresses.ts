import { RefusedError } from '../shared/errors';
import { quoted } from '../shared/printable';
import { refused } from './requirement-line';

const PYPI = ['https://pypi.org/', 'https://files.pythonhosted.org/'];

/** Whether an address is PyPI's own, which every installation allows. */
export function isOnPyPi(address: string): boolean {
  return isBelow(address, PYPI);
}

/**
 * The address of an index or a file in canonical form, if the installation allows packages from it.
 *
 * @param line of the requirements that has the address
 * @param allowed addresses below which indexes and files may be, besides PyPI's
 * @throws RefusedError for another address, and for one with a password
 */
export function allowedAddress(address: string, line: string, allowed: readonly string[]): string {
  if (hasCredentials(address)) {
    // Not the line itself: a password is in it.
    throw new RefusedError(
      'an address in the requirements has a password: name the index in mlflow-mlops:environment-indexes and its secret in ' +
        'mlflow-mlops:environment-index-secret in cdk.json, and log the model without the password',
    );
  }
  const canonical = canonicalAddress(address);
  if (canonical === undefined || !isBelow(canonical, [...PYPI, ...allowed])) {
    throw refused(
      line,
      `this installation takes no packages from ${quoted(address)}: name it in mlflow-mlops:environment-indexes in cdk.json`,
    );
  }
  return canonical;
}

/** An https address without `..` and without the last slash; undefined for any other text. */
export function canonicalAddress(address: string): string | undefined {
  return /^https:\/\//i.test(address) && URL.canParse(address) ? new URL(address).href.replace(/\/$/, '') : undefined;
}

function isBelow(address: string, prefixes: readonly string[]): boolean {
  const canonical = canonicalAddress(address);
  return (
    canonical !== undefined &&
    prefixes.some((prefix) => `${canonical}/`.startsWith(`${canonicalAddress(prefix) ?? prefix}/`))
  );
}

function hasCredentials(address: string): boolean {
  return /^[a-z+]+:\/\/[^/]*@/i.test(address) || (URL.canParse(address) && new URL(address).username !== '');
}
