import { load } from 'js-yaml';
import { RefusedError } from '../errors';

/** An MLmodel file is a few kilobytes; a signature with thousands of columns stays below this. */
export const MLMODEL_MAX_BYTES = 1024 * 1024;

/** What a flavour reads of an MLmodel file. Every value is untrusted. */
export interface MlModel {
  /** Each flavour's own configuration, by its name. */
  readonly flavors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The signature as MLmodel has it: texts of JSON under `inputs`, `outputs`, `params`. */
  readonly signature: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Parses an MLmodel file as data: no aliases to expand, no deep nesting, no types beyond JSON's.
 *
 * @param text the file's text
 * @throws RefusedError when it is not an MLmodel
 */
export function parseMlModel(text: string): MlModel {
  let document: unknown;
  try {
    document = load(text, { maxAliases: 20, maxDepth: 50 });
  } catch (error) {
    const [reason = ''] = String(error).split('\n');
    throw new RefusedError(`MLmodel is not valid YAML: ${reason}`);
  }
  const { flavors, signature } = isRecord(document) ? document : {};
  if (!isRecord(flavors)) {
    throw new RefusedError('MLmodel has no flavors: the folder is not an MLflow model');
  }
  return {
    flavors: Object.fromEntries(
      Object.entries(flavors).filter((entry): entry is [string, object] => isRecord(entry[1])),
    ) as MlModel['flavors'],
    signature: isRecord(signature) ? signature : undefined,
  };
}

/** The Python that the model was trained with, as MLflow's general flavour says. */
export function pythonVersionOf({ flavors }: MlModel): string | undefined {
  return textOf(flavors.python_function ?? {}, 'python_version');
}

/** A text of a flavour's configuration. */
export function textOf(config: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = config[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
