import { HASH_LENGTH, HASH_PATTERN, shortHash } from './short-hash';

/** Model package group names: 1-63 letters, digits and inner hyphens (API_CreateModelPackageGroup). */
export const GROUP_NAME_MAX = 63;

/** Names that stand for themselves; the length is a condition of its own, for the hyphens here are not counted. */
const PLAIN = /^[a-z0-9](-*[a-z0-9])*$/;
/** The shape of an encoded name; a registry's own name of this shape is encoded too, so no two models can meet. */
const ENCODED = new RegExp(`--${HASH_PATTERN}$`);

/**
 * The SageMaker model package group of an MLflow model: the same for ever, and never that of another model.
 *
 * A name that SageMaker takes as it is stays as it is. Any other becomes a readable part and, behind two hyphens, a
 * {@link shortHash} of the whole name, so that `a_b`, `a.b` and `A-B` are three groups.
 *
 * Upper case counts as what SageMaker does not take, although its pattern allows it: endpoint names are unique without
 * regard to case (API_CreateEndpoint), and SageMaker gives the names in its ARNs back now in lower case and now as they were
 * written (github.com/boto/boto3/issues/4606). `MyModel` and `mymodel` would meet there, in policies and in events.
 *
 * @param modelName the registered model's name, any string: spaces, `catalog.schema.model`, any length, any Unicode
 * @returns letters in lower case, digits and inner hyphens
 */
export function groupNameOf(modelName: string): string {
  if (isGroupName(modelName) && !ENCODED.test(modelName)) {
    return modelName;
  }
  const readable = unaccented(modelName)
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .toLowerCase()
    .replace(/^-/, '')
    .slice(0, GROUP_NAME_MAX - '--'.length - HASH_LENGTH)
    .replace(/-$/, '');
  return `${readable || 'model'}--${shortHash('group', modelName)}`;
}

/** @returns true for a name that {@link groupNameOf} may have made */
export function isGroupName(name: string): boolean {
  return name.length <= GROUP_NAME_MAX && PLAIN.test(name);
}

/**
 * Latin letters without their accents. Only of letters that every version of Unicode since 3.0 takes apart in the same way:
 * a later Node.js may know letters that this one does not, and a group must not change its name for it.
 */
function unaccented(text: string): string {
  return text.replace(/[\u00C0-\u017F]/g, (letter) => letter.normalize('NFD')).replace(/[\u0300-\u0333]/g, '');
}
