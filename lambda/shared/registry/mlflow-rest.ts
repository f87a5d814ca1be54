import type * as z from 'zod';
import { RefusedError } from '../errors';
import { RegistryError } from './http/failure';
import type { RegistryHttp } from './http/registry-http';
import { ModelShape, SingleVersion, tagsOf, versionOf } from './mlflow-shapes';
import type { ModelVersion } from './registry';

/** Path of the REST API that open-source MLflow and Databricks workspaces share. */
export const API = '/api/2.0/mlflow';

/** A model, with what of it concerns its versions. */
interface ModelDetails {
  /** By version. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly tags: Readonly<Record<string, string>>;
  /** The highest number of a version; 0 where there is none. */
  readonly highestVersion: number;
}

/** The model with its tags and the aliases of its versions; undefined where there is none. */
export async function getModel(http: RegistryHttp, name: string): Promise<ModelDetails | undefined> {
  const answer = await unlessMissing(http.get(`${API}/registered-models/get`, { name }));
  if (answer === undefined) {
    return undefined;
  }
  const { registered_model: model } = parse(ModelShape, answer, 'registered-models/get');
  return {
    aliases: aliasesOf(model.aliases),
    tags: tagsOf(model.tags),
    // The latest version of each stage: the highest of all is among them.
    highestVersion: Math.max(0, ...(model.latest_versions ?? []).map(({ version }) => Number(version))),
  };
}

/** Aliases by the versions that they name. */
export function aliasesOf(
  listed: readonly { readonly alias: string; readonly version: string }[] | null | undefined,
): Map<string, string[]> {
  const aliases = new Map<string, string[]>();
  for (const { alias, version } of listed ?? []) {
    aliases.set(version, [...(aliases.get(version) ?? []), alias]);
  }
  return aliases;
}

/** One version with its aliases and tags; undefined where there is none. */
export async function getVersion(http: RegistryHttp, name: string, version: string): Promise<ModelVersion | undefined> {
  return findVersion(http, name, version, (await getModel(http, name))?.tags);
}

/** One version, where its model's tags are known. */
export async function findVersion(
  http: RegistryHttp,
  name: string,
  version: string,
  modelTags: Readonly<Record<string, string>> | undefined,
): Promise<ModelVersion | undefined> {
  const answer = await unlessMissing(http.get(`${API}/model-versions/get`, { name, version }));
  return answer === undefined
    ? undefined
    : versionOf(parse(SingleVersion, answer, 'model-versions/get').model_version, modelTags);
}

/** Undefined in place of the error that says that the thing does not exist. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'RESOURCE_DOES_NOT_EXIST') {
      return undefined;
    }
    throw error;
  }
}

/** An answer in the shape that MLflow documents, or an error that names the call and the field. */
export function parse<T>(shape: z.ZodType<T>, answer: unknown, call: string): T {
  const parsed = shape.safeParse(answer);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new RefusedError(
      `${call} answered in an unknown shape: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    );
  }
  return parsed.data;
}
