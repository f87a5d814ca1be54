import { createHash } from 'node:crypto';

/** Model package group names: 1-63 letters, digits and inner hyphens (API_CreateModelPackageGroup). */
export const GROUP_NAME_MAX = 63;

const HASH_LENGTH = 10;
/** Names that stand for themselves: lower case only, because SageMaker lowers the names in its ARNs. */
const PLAIN = /^[a-z0-9](-*[a-z0-9]){0,62}$/;
/** The shape of an encoded name; a registry's own name of this shape is encoded too, so no two models can meet. */
const ENCODED = new RegExp(`--[a-z2-7]{${HASH_LENGTH}}$`);

/**
 * The SageMaker model package group of an MLflow model.
 *
 * A name that SageMaker takes as it is stays as it is. Any other becomes a readable part and, behind two hyphens, a hash of
 * the whole name, so that `a_b`, `a.b` and `A-B` are three groups and a model always finds its own again.
 *
 * @param modelName the registered model's name, any Unicode
 */
export function groupNameOf(modelName: string): string {
  if (PLAIN.test(modelName) && !ENCODED.test(modelName)) {
    return modelName;
  }
  const readable = modelName
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, GROUP_NAME_MAX - HASH_LENGTH - 2)
    .replace(/^-+|-+$/g, '');
  return `${readable || 'model'}--${base32(createHash('sha256').update(modelName, 'utf8').digest()).slice(0, HASH_LENGTH)}`;
}

/** RFC 4648 base32 in lower case, without padding: letters and digits only, so it fits every AWS name. */
function base32(bytes: Buffer): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';
  let bits = '';
  for (const byte of bytes) {
    bits += byte.toString(2).padStart(8, '0');
  }
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join('');
}
