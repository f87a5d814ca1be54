import { load } from 'js-yaml';
import { RefusedError } from '../errors';
import { printable } from '../printable';

/** An MLmodel file is a few kilobytes; a signature with thousands of columns stays below this. */
export const MLMODEL_MAX_BYTES = 1024 * 1024;

/** What the whole may have with each alias written out as what it stands for. */
const WRITTEN_OUT_MAX = 4 * MLMODEL_MAX_BYTES;
const REASON_MAX = 300;

/** What is read of an MLmodel file. Every value is untrusted. */
export interface MlModel {
  /** Each flavour's own configuration, by its name. */
  readonly flavors: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The signature as MLmodel has it: texts of JSON under `inputs`, `outputs`, `params`. */
  readonly signature: Readonly<Record<string, unknown>> | undefined;
  /** The MLflow that logged the model; the first ones did not say. */
  readonly mlflowVersion: string | undefined;
  /** When it was logged, as `2026-11-23 20:00:23.329874`. */
  readonly createdAt: string | undefined;
}

/**
 * Parses an MLmodel file as data.
 *
 * @param text the file's text
 * @throws RefusedError when it is not an MLmodel
 */
export function parseMlModel(text: string): MlModel {
  const document = parseUntrustedYaml(text, 'MLmodel');
  const { flavors, signature, ...general } = isRecord(document) ? document : {};
  if (!isRecord(flavors)) {
    throw new RefusedError('MLmodel has no flavors: the folder is not an MLflow model');
  }
  return {
    flavors: Object.fromEntries(
      Object.entries(flavors).filter((entry): entry is [string, object] => isRecord(entry[1])),
    ) as MlModel['flavors'],
    signature: isRecord(signature) ? signature : undefined,
    mlflowVersion: textOf(general, 'mlflow_version'),
    createdAt: textOf(general, 'utc_time_created'),
  };
}

/**
 * Parses a YAML file of a model: no deep nesting, no types beyond JSON's. PyYAML writes an alias for each object that it meets twice,
 * so that their number says nothing: what the document has with its aliases written out is bounded.
 *
 * @param name the file's, for the message
 * @throws RefusedError when it is not YAML, or too much
 */
export function parseUntrustedYaml(text: string, name: string): unknown {
  let document: unknown;
  try {
    // A file without a document is an error to the parser, and nothing to MLflow.
    document = text.trim() === '' && name !== 'MLmodel' ? undefined : load(text, { maxDepth: 50 });
  } catch (error) {
    const [reason = ''] = String(error).split('\n');
    throw new RefusedError(`${name} is not valid YAML: ${printable(reason, REASON_MAX)}`);
  }
  checkWrittenOut(document, name);
  return document;
}

/**
 * Refuses a document that is far larger than its text, by aliases of what holds aliases itself, or has no end, by an alias of what
 * it is in: nobody may write that out.
 */
function checkWrittenOut(document: unknown, name: string): void {
  const pending = [document];
  let size = 0;
  while (pending.length > 0) {
    const value = pending.pop();
    size += typeof value === 'string' ? value.length : 1;
    if (size > WRITTEN_OUT_MAX) {
      throw new RefusedError(
        `${name} is not taken: with its aliases written out it has more than ${WRITTEN_OUT_MAX} characters`,
      );
    }
    if (typeof value === 'object' && value !== null) {
      // Keys are not shared by aliases, but what has them is.
      size += Array.isArray(value) ? 0 : Object.keys(value).join('').length;
      for (const member of Object.values(value)) {
        pending.push(member);
      }
    }
  }
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
