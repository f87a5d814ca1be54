import { Readable } from 'node:stream';
import { RefusedError } from '../../../lambda/shared/errors';
import type {
  ArtifactFile,
  ListedModel,
  ModelRegistry,
  ModelVersion,
  OpenedFile,
  Page,
} from '../../../lambda/shared/registry/registry';
import type { Outside } from './outside';

const MLMODEL = `flavors:
  python_function: {loader_module: mlflow.sklearn, model_path: model.pkl, python_version: 3.12.4}
  sklearn: {code: null, pickled_model: model.pkl, serialization_format: pickle, sklearn_version: 1.9.0}
model_uuid: m-1
`;
/** What the sync reads of a version: a model that AWS's image serves. */
const TEXTS: Readonly<Record<string, string>> = { MLmodel: MLMODEL, 'requirements.txt': 'pandas==2.2.3\n' };
const FILES: readonly ArtifactFile[] = [
  ...Object.entries(TEXTS).map(([path, text]) => ({ path, size: Buffer.byteLength(text) })),
  { path: 'model.pkl', size: 7 },
];

interface StoredModel {
  readonly creationTimestamp: number;
  readonly aliases: Map<string, string>;
  readonly versions: Map<string, ModelVersion>;
  made: number;
}

/** What people do in a registry. */
export interface People {
  create(name: string): void;
  register(name: string, source?: string): string;
  transition(name: string, version: string, stage: string): void;
  setAlias(name: string, alias: string, version: string): void;
  deleteAlias(name: string, alias: string): void;
  change(name: string, version: string, over: Partial<Pick<ModelVersion, 'description' | 'tags'>>): void;
  deleteVersion(name: string, version: string): void;
  rename(name: string, to: string): void;
  deleteModel(name: string): void;
}

/**
 * An MLflow registry in memory: what people do to it, and the same registry as the sync reads it. What cannot be done, as MLflow
 * would refuse it, does nothing.
 */
export class Mlflow implements People {
  models = new Map<string, StoredModel>();
  /** What is read instead of the present state, as from a replica that lags. */
  stale: Map<string, StoredModel> | undefined;
  private moment = 1_795_464_026_965;

  create(name: string): void {
    if (!this.models.has(name)) {
      this.models.set(name, { creationTimestamp: ++this.moment, aliases: new Map(), versions: new Map(), made: 0 });
    }
  }

  register(name: string, source?: string): string {
    this.create(name);
    const model = this.models.get(name);
    const version = String((model?.made ?? 0) + 1);
    if (model !== undefined) {
      model.made += 1;
      model.versions.set(version, {
        ...{ name, version, creationTimestamp: ++this.moment, stage: 'None', aliases: [], status: 'READY', tags: {} },
        ...{ runId: `run-${this.moment}`, source: source ?? `models:/m-${this.moment}`, description: '' },
      });
    }
    return version;
  }

  transition(name: string, version: string, stage: string): void {
    this.edit(name, version, { stage });
  }

  setAlias(name: string, alias: string, version: string): void {
    const model = this.models.get(name);
    if (model?.versions.has(version)) {
      model.aliases.set(alias, version);
    }
  }

  deleteAlias(name: string, alias: string): void {
    this.models.get(name)?.aliases.delete(alias);
  }

  change(name: string, version: string, over: Partial<Pick<ModelVersion, 'description' | 'tags'>>): void {
    this.edit(name, version, over);
  }

  deleteVersion(name: string, version: string): void {
    const model = this.models.get(name);
    model?.versions.delete(version);
    for (const [alias, of] of model?.aliases ?? []) {
      if (of === version) {
        model?.aliases.delete(alias);
      }
    }
  }

  rename(name: string, to: string): void {
    const model = this.models.get(name);
    if (model !== undefined && !this.models.has(to)) {
      this.models.delete(name);
      const versions = [...model.versions].map(([number, one]) => [number, { ...one, name: to }] as const);
      this.models.set(to, { ...model, versions: new Map(versions) });
    }
  }

  deleteModel(name: string): void {
    this.models.delete(name);
  }

  /** All versions as they are now, with their aliases. */
  versionsOf(name: string): ModelVersion[] {
    return versionsIn(this.models.get(name));
  }

  /** From now on the sync reads what is there now; until {@link stale} is taken away. */
  freeze(): void {
    this.stale = structuredClone(this.models);
  }

  /** The registry as the sync reads it. */
  reader(outside: Outside): ModelRegistry {
    const models = () => this.stale ?? this.models;
    const read = <T>(method: string, input: unknown, effect: () => T) =>
      outside.call(`registry.${method}`, input, () => structuredClone(effect()));
    return {
      id: 'mlflow.example.com',
      ping: () => read('ping', undefined, () => undefined),
      isEmpty: () => read('isEmpty', undefined, () => models().size === 0),
      listVersions: (name) => read('listVersions', name, () => versionsIn(models().get(name))),
      modelsPage: (token) =>
        read('modelsPage', token, (): Page<ListedModel> => ({ items: [...models()].map(listed), next: undefined })),
      versionsPage: (token) =>
        read('versionsPage', token, (): Page<ModelVersion> => {
          const versions = [...models().values()].flatMap((model) => [...model.versions.values()]);
          return { items: versions, next: undefined };
        }),
      getVersion: (name, number) =>
        read('getVersion', [name, number], () =>
          versionsIn(models().get(name)).find(({ version }) => version === number),
        ),
      artifactId: async ({ source }) => source,
      listFiles: ({ source }) => read('listFiles', source, () => [...FILES]),
      openFile: async ({ source }, path) => {
        await read('openFile', [source, path], () => undefined);
        return opened(path);
      },
      locate: async () => undefined,
      ensureWebhook: async () => 'active',
      renewWebhooks: async () => undefined,
      removeWebhook: async () => undefined,
    } as ModelRegistry;
  }

  private edit(name: string, number: string, over: Partial<ModelVersion>): void {
    const model = this.models.get(name);
    const version = model?.versions.get(number);
    if (model !== undefined && version !== undefined) {
      model.versions.set(number, { ...version, ...over });
    }
  }
}

function versionsIn(model: StoredModel | undefined): ModelVersion[] {
  return [...(model?.versions.values() ?? [])].map((one) => ({
    ...one,
    aliases: [...(model?.aliases ?? [])].filter(([, of]) => of === one.version).map(([alias]) => alias),
  }));
}

function listed([name, model]: [string, StoredModel]): ListedModel {
  const aliases = new Map<string, string[]>();
  for (const [alias, version] of model.aliases) {
    aliases.set(version, [...(aliases.get(version) ?? []), alias]);
  }
  return { name, aliases, tags: {}, latest: [] };
}

function opened(path: string): OpenedFile {
  const text = TEXTS[path];
  if (text === undefined) {
    throw new RefusedError(`${path} is not there`);
  }
  return { bytes: Readable.from([Buffer.from(text)]) as unknown as OpenedFile['bytes'] };
}
