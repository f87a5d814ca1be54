import { load, YAMLException } from 'js-yaml';
import { WrongInput } from '../wrong-input';

/** Enough to write both environments as one; what a file with more of them means, nobody sees at a glance. */
const ALIASES_MAX = 10;

/**
 * The content of `inference.yaml`, unchecked.
 *
 * @throws WrongInput that names the line when it is no YAML, or has a key twice
 */
export function parseYaml(text: string): unknown {
  if (text.split('\n').every((line) => /^\s*(#|$)/.test(line))) {
    throw new WrongInput('inference.yaml is empty: it must say how Staging and Production look');
  }
  try {
    return load(text, { maxAliases: ALIASES_MAX });
  } catch (error) {
    if (!(error instanceof YAMLException)) {
      throw error;
    }
    throw new WrongInput(`inference.yaml ${explained(error, text)}`, { cause: error });
  }
}

function explained({ reason, mark }: YAMLException, text: string): string {
  if (mark === null || mark === undefined) {
    return `is no YAML file of one document: ${reason}`;
  }
  const where = `line ${mark.line + 1}`;
  const line = text.split('\n')[mark.line]?.trim() ?? '';
  if (/duplicated mapping key/.test(reason)) {
    return `${where}: "${line}" has a key that stands above already: keep one of the two`;
  }
  if (/maxAliases/.test(reason)) {
    return `${where}: "${line}" is one alias (*name) too many: ${ALIASES_MAX} are allowed, write the values out instead`;
  }
  return `${where}: "${line}" is no YAML (${reason}): check indentation, colons and brackets`;
}
