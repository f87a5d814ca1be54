import * as z from 'zod';
import type { ModelVersion } from './registry';

const KeyValue = z.object({ key: z.string(), value: z.string().nullish() });
/** A version, as MLflow's REST API answers it. */
export const VersionShape = z.object({
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
const RegisteredModelShape = z.object({
  name: z.string(),
  creation_timestamp: z.coerce.number(),
  aliases: z.array(z.object({ alias: z.string(), version: z.coerce.string() })).nullish(),
  tags: z.array(KeyValue).nullish(),
  latest_versions: z.array(VersionShape).nullish(),
});
/** Answer of registered-models/get. */
export const ModelShape = z.object({ registered_model: RegisteredModelShape });
/** Answer of registered-models/search. */
export const ModelPage = z.object({
  registered_models: z.array(RegisteredModelShape).nullish(),
  next_page_token: z.string().nullish(),
});
/** Answer of model-versions/search. */
export const VersionPage = z.object({
  model_versions: z.array(VersionShape).nullish(),
  next_page_token: z.string().nullish(),
});
/** Answer of model-versions/get. */
export const SingleVersion = z.object({ model_version: VersionShape });

/** A version in this project's terms, with what the model knows of it. */
export function versionOf(
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

/** Tags by their names; an absent value is an empty one. */
export function tagsOf(tags: z.infer<typeof KeyValue>[] | null | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value ?? '']));
}
