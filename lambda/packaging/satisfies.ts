import { eq, ne, valid, satisfies as versionSatisfies } from '@renovatebot/pep440';
import { evaluateMarker } from './markers';
import { canonicalName, parseRequirementLine } from './requirement-line';

/** Whether installed packages meet a requirement. */
export type Satisfaction = 'satisfied' | 'other version' | 'missing';

/**
 * Compares a requirement with the packages of an image by PEP 440, as pip does for installed packages: pre-releases count.
 *
 * The answer is 'satisfied' only where that is certain. Extras need packages that the pins may lack ('missing'), and a package from
 * an address may differ from the one with the same version ('other version'). So may a final release where a line asks for more than
 * its pre-release (`>2rc1`), which the library does not tell apart. A requirement whose marker does not hold is satisfied.
 *
 * @param requirement a line of `EnvironmentSpec.packages`
 * @param pins version by canonical name
 * @param python the image's Python version, as `3.11`
 * @throws RefusedError for a line that pip would not read as a requirement
 */
export function satisfies(requirement: string, pins: Readonly<Record<string, string>>, python: string): Satisfaction {
  // A wheel of the model, or a repository: no image has it.
  if (/^(?:\.\/|(?:git|hg|svn|bzr)\+)/.test(requirement)) {
    return 'missing';
  }
  const { name, version, extras, url, marker } = parseRequirementLine(requirement);
  if (marker !== undefined && !evaluateMarker(marker, python)) {
    return 'satisfied';
  }
  const pin = Object.entries(pins).find(([pinned]) => canonicalName(pinned) === name)?.[1];
  if (pin === undefined) {
    return 'missing';
  }
  if (url !== undefined || !version.split(',').every((clause) => inClause(pin, clause))) {
    return 'other version';
  }
  return extras.length > 0 ? 'missing' : 'satisfied';
}

function inClause(pin: string, clause: string): boolean {
  if (valid(pin) === null) {
    return false;
  }
  const operator = /===?|!=/.exec(clause)?.[0];
  if (operator !== undefined && clause.includes('+')) {
    const withLocal = clause.slice(operator.length);
    // The library leaves local versions out on both sides, where PEP 440 compares them, and throws for what is no version.
    return valid(withLocal) !== null && (operator === '!=' ? ne(pin, withLocal) : eq(pin, withLocal));
  }
  // The library compares prefixes without the zeros that PEP 440 adds: version 2 is in ==2.0.*.
  const prefix = clause.endsWith('.*') || clause.startsWith('~=');
  const version = prefix ? pin.replace(/((?:\d+!)?\d+(?:\.\d+)*)/, '$1.0.0.0') : pin;
  return versionSatisfies(version, clause, { prereleases: true });
}
