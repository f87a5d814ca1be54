import { type RegistryEvent, tagSet, transitioned, versionCreated } from './events';
import { getVersion, type ModelVersion, versionsOf } from './model-versions';
import type { Upstream } from './upstream';

type Fields = Record<string, unknown>;

/** Looks at a call before it is made; what it returns tells from the answer what happened. */
type Observer = (upstream: Upstream, fields: Fields) => Promise<(answer: Fields) => RegistryEvent[]>;

/** The calls whose success is an event, below `/api/2.0/mlflow/`; all are POST. */
export const OBSERVERS: ReadonlyMap<string, Observer> = new Map<string, Observer>([
  ['model-versions/create', async () => (answer) => createdOf(answer)],
  [
    'model-versions/set-tag',
    async (_, { name, version, key, value }) =>
      () =>
        tagSet(String(name), String(version), String(key), String(value ?? '')),
  ],
  ['model-versions/transition-stage', observeTransition],
]);

async function observeTransition(upstream: Upstream, fields: Fields): Promise<(answer: Fields) => RegistryEvent[]> {
  const [name, version] = [String(fields.name), String(fields.version)];
  const before = await getVersion(upstream, name, version);
  const others = fields.archive_existing_versions === true ? await versionsOf(upstream, name) : [];
  return (answer) => {
    const to = (answer.model_version as ModelVersion).current_stage;
    const archived = others.filter((other) => other.version !== version && other.current_stage === to);
    return [
      ...transitioned(name, version, before.current_stage, to),
      ...archived.flatMap((other) => transitioned(name, other.version, to, 'Archived')),
    ];
  };
}

function createdOf(answer: Fields): RegistryEvent[] {
  const { name, version } = answer.model_version as ModelVersion;
  return versionCreated(name, version);
}
