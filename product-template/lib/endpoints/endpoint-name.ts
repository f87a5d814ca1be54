import { createHash } from 'node:crypto';
import type { Environment } from '../deployable/environments';
import type { EndpointSettings } from '../inference/inference';

/** SageMaker's limit for names of endpoints: letters, digits and inner hyphens, unique without regard to case. */
const NAME_MAX = 63;
const HASH_LENGTH = 16;
/** What MLflow's versions look like. */
const NUMBER = /^\d{1,12}$/;

/** The kind of endpoint that an environment is shipped with; it is not in the name. */
const SHIPPED: Readonly<Record<Environment, EndpointSettings['kind']>> = {
  Staging: 'realtime',
  Production: 'serverless',
};

/**
 * The endpoint of a version in an environment: `<group>-<version>-<environment>`. SageMaker cannot make a real-time endpoint
 * serverless or back, so one of the kind that is not the shipped one is called otherwise: the new endpoint comes up beside the
 * old one, which goes only then.
 *
 * A group's name that does not fit is cut and followed by a hash of the whole, behind two hyphens as in encoded group names.
 *
 * @param group name of the model package group: lower-case letters, digits and inner hyphens
 */
export function endpointName(
  group: string,
  version: string,
  environment: Environment,
  kind: EndpointSettings['kind'],
): string {
  const ending = [versionPart(version), environment.toLowerCase(), ...(kind === SHIPPED[environment] ? [] : [kind])];
  const tail = `-${ending.join('-')}`;
  const room = NAME_MAX - tail.length;
  if (group.length <= room) {
    return group + tail;
  }
  const cut = group.slice(0, room - '--'.length - HASH_LENGTH).replace(/-+$/, '');
  return `${cut}--${hashOf(group)}${tail}`;
}

/** A version as a part of names and of logical ids: its number. Anything else, which MLflow does not have today, is hashed. */
export function versionPart(version: string): string {
  return NUMBER.test(version) ? version : hashOf(version);
}

/** 80 bits, in digits and lower-case letters: nobody meets another's name by chance, nor on purpose. */
function hashOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 20);
  return BigInt(`0x${hex}`).toString(32).padStart(HASH_LENGTH, '0');
}
