import { z } from 'zod';
import { RefusedError } from '../errors';
import { RegistryError, type RegistryHttp } from './http';
import type { ModelVersion, RegisteredModel } from './registry';

/** Path of the REST API that open-source MLflow and Databricks workspaces share. */
export const API = '/api/2.0/mlflow';

const VERSIONS_PER_PAGE = '1000';

const KeyValue = z.object({ key: z.string(), value: z.string().nullish() });
const VersionShape = z.object({
  name: z.string(),
  version: z.coerce.string(),
  creation_timestamp: z.coerce.number(),
  current_stage: z.string().nullish(),
  aliases: z.array(z.string()).nullish(),
  run_id: z.string().nullish(),
  source: z.string().nullish(),
  description: z.string().nullish(),
  status: z.string().nullish(),
  tags: z.array(KeyValue).nullish(),
});
const ModelShape = z.object({
  registered_model: z.object({
    name: z.string(),
    creation_timestamp: z.coerce.number(),
    aliases: z.array(z.object({ alias: z.string(), version: z.coerce.string() })).nullish(),
    tags: z.array(KeyValue).nullish(),
  }),
});
const VersionPage = z.object({
  model_versions: z.array(VersionShape).nullish(),
  next_page_token: z.string().nullish(),
});
const SingleVersion = z.object({ model_version: VersionShape });

/** A model, with what of it concerns its versions. */
interface ModelDetails extends RegisteredModel {
  /** By version. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  readonly tags: Readonly<Record<string, string>>;
}

/** The model with its tags and the aliases of its versions; undefined where there is none. */
export async function getModel(http: RegistryHttp, name: string): Promise<ModelDetails | undefined> {
  const answer = await unlessMissing(http.get(`${API}/registered-models/get`, { name }));
  if (answer === undefined) {
    return undefined;
  }
  const { registered_model: model } = parse(ModelShape, answer, 'registered-models/get');
  const aliases = new Map<string, string[]>();
  for (const { alias, version } of model.aliases ?? []) {
    aliases.set(version, [...(aliases.get(version) ?? []), alias]);
  }
  return { name: model.name, creationTimestamp: model.creation_timestamp, aliases, tags: tagsOf(model.tags) };
}

/**
 * Every version of a model. The search leaves aliases out, so they are taken from the model itself, which is read after
 * the pages: a version that gained an alias meanwhile is then seen with it.
 *
 * @throws when any page fails: half a list would look like versions that were deleted
 */
export async function listVersions(http: RegistryHttp, name: string): Promise<ModelVersion[]> {
  const versions = new Map<string, z.infer<typeof VersionShape>>();
  let pageToken: string | undefined;
  do {
    const answer = await http.get(`${API}/model-versions/search`, {
      filter: `name=${quote(name)}`,
      max_results: VERSIONS_PER_PAGE,
      page_token: pageToken,
    });
    const page = parse(VersionPage, answer, 'model-versions/search');
    for (const version of page.model_versions ?? []) {
      // The filter is the registry's; a name that it folds or matches loosely must not bring in another model.
      if (version.name === name) {
        versions.set(version.version, version);
      }
    }
    if (page.next_page_token && page.next_page_token === pageToken) {
      throw new RefusedError('model-versions/search answers the same page for ever');
    }
    pageToken = page.next_page_token || undefined;
  } while (pageToken);
  const model = await getModel(http, name);
  return [...versions.values()].map((version) => versionOf(version, model?.tags, model?.aliases.get(version.version)));
}

/** One version with its aliases and tags; undefined where there is none. */
export async function getVersion(http: RegistryHttp, name: string, version: string): Promise<ModelVersion | undefined> {
  const [answer, model] = await Promise.all([
    unlessMissing(http.get(`${API}/model-versions/get`, { name, version })),
    getModel(http, name),
  ]);
  return answer === undefined
    ? undefined
    : versionOf(parse(SingleVersion, answer, 'model-versions/get').model_version, model?.tags);
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

/** A name as the search filter takes it: MLflow knows no escapes, only the other kind of quotation mark. */
function quote(name: string): string {
  if (!name.includes("'")) {
    return `'${name}'`;
  }
  if (!name.includes('"')) {
    return `"${name}"`;
  }
  throw new RefusedError(
    `model ${JSON.stringify(name)}: MLflow cannot search for a name with both ' and "; rename the model`,
  );
}

function versionOf(
  version: z.infer<typeof VersionShape>,
  modelTags: Readonly<Record<string, string>> = {},
  aliases?: readonly string[],
): ModelVersion {
  return {
    name: version.name,
    version: version.version,
    creationTimestamp: version.creation_timestamp,
    stage: version.current_stage ?? 'None',
    aliases: [...(aliases ?? version.aliases ?? [])].sort(),
    runId: version.run_id ?? '',
    source: version.source ?? '',
    description: version.description ?? '',
    status: version.status ?? 'READY',
    tags: { ...modelTags, ...tagsOf(version.tags) },
  };
}

function tagsOf(tags: z.infer<typeof KeyValue>[] | null | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value ?? '']));
}
