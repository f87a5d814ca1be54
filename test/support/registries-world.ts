import { createHash } from 'node:crypto';
import type { Effects } from '../../lambda/list/find-changed';
import { fingerprintsOf, type PlanContext } from '../../lambda/shared/ledger/fingerprints';
import { groupNameOf } from '../../lambda/shared/names/group-name';
import type { ListedPackage } from '../../lambda/shared/packages/model-package';
import type { ListedModel, ModelVersion, Page } from '../../lambda/shared/registry/registry';
import type { Verified } from '../../lambda/shared/store/ledger';
import { modelVersion } from './versions';

/** A model as a registry holds it. */
export interface WorldModel {
  aliases: Record<string, string[]>;
  tags: Record<string, string>;
  /** Without what only the model knows. */
  versions: ModelVersion[];
  packages: ListedPackage[];
}

/** Two registries with many models, their ledger, and what is kept between invocations; small pages, calls counted. */
export class RegistriesWorld {
  readonly context: PlanContext = { revision: 'one', registryId: 'mlflow', owner: 'stack', overrides: {} };
  readonly models = new Map<string, WorldModel>();
  readonly ledger = new Map<string, Verified>();
  readonly files = new Map<string, string>();
  readonly calls: Record<string, number> = {};
  enrolled: string[] = [];
  now = Date.parse('2030-01-02T03:04:05Z');
  pageSize = 7;
  /** Pages that one invocation has time for. */
  pagesAtOnce = Number.POSITIVE_INFINITY;
  /** Asked before a page of models is given. */
  beforeModels: (token: string | undefined) => void = () => undefined;
  /** Asked before a page of versions is given. */
  beforeVersions: (token: string | undefined) => void = () => undefined;
  /** Asked before a model's versions are given. */
  beforeVersionsOf: (name: string) => void = () => undefined;

  /** A model with promoted and other versions, and packages for the promoted ones. */
  add(name: string, versions = 3): WorldModel {
    const model: WorldModel = {
      aliases: { '1': ['production'] },
      tags: { team: name },
      versions: Array.from({ length: versions }, (_, index) =>
        modelVersion({ name, version: String(index + 1), stage: index % 2 === 0 ? 'None' : 'Staging' }),
      ),
      packages: [],
    };
    model.packages = model.versions.map(({ version }) => packageOf(name, version));
    this.models.set(name, model);
    this.enrolled.push(name);
    return model;
  }

  /** What a plan would read of a model by itself. */
  whole(name: string): ModelVersion[] {
    const { aliases = {}, tags = {}, versions = [] } = this.models.get(name) ?? {};
    return versions.map((version) => ({
      ...version,
      aliases: aliases[version.version] ?? [],
      tags: { ...tags, ...version.tags },
    }));
  }

  /** Writes the ledger as a sync that found nothing to do. */
  verify(...names: string[]): void {
    for (const name of names) {
      const packages = this.models.get(name)?.packages ?? [];
      const fingerprints = fingerprintsOf(this.context, this.whole(name), packages);
      this.ledger.set(name, { ...fingerprints, verifiedAt: this.now, kept: packages.length });
    }
  }

  /** The names in the list that was kept for the map. */
  get listed(): string[] {
    const items = JSON.parse(this.files.get('models.json') ?? '[]') as { input: { modelName: string } }[];
    return items.map(({ input }) => input.modelName).sort();
  }

  effects(): Effects {
    let pages = 0;
    // In an order that has nothing to do with the names: databases have their own.
    const order = [...this.models.keys()].sort((a, b) => (hash(a) < hash(b) ? -1 : 1));
    const models = () =>
      order.flatMap((name) => {
        const model = this.models.get(name);
        return model === undefined ? [] : [[name, model] as const];
      });
    return {
      enrolled: async () => [...this.enrolled].sort(),
      ledger: async function* (this: RegistriesWorld) {
        yield* this.ledger;
      }.bind(this),
      save: async (file, text) => {
        this.files.set(file, text);
        return { bucket: 'bucket', key: `syncs/execution/${file}` };
      },
      load: async (file) => this.files.get(file) ?? '',
      hasTime: () => pages < this.pagesAtOnce,
      now: () => this.now,
      registries: async () => ({
        context: this.context,
        registries: {
          modelsPage: async (token) => {
            pages += 1;
            this.beforeModels(token);
            return this.page(
              'models',
              token,
              models().map(([name, model]) => listedModel(name, model)),
            );
          },
          versionsPage: async (token) => {
            pages += 1;
            this.beforeVersions(token);
            return this.page(
              'versions',
              token,
              models().flatMap(([, { versions }]) => versions),
            );
          },
          versionsOf: async (name) => {
            this.count('versionsOf');
            this.beforeVersionsOf(name);
            return this.whole(name);
          },
          packagesPage: async (token) =>
            this.page(
              'packages',
              token,
              models().flatMap(([name, { packages }]) =>
                packages.map((listed) => ({ groupName: groupNameOf(name), listed })),
              ),
            ),
          packagesOf: async (groupName) => {
            this.count('packagesOf');
            return [...this.models].find(([name]) => groupNameOf(name) === groupName)?.[1].packages ?? [];
          },
        },
      }),
    };
  }

  private page<Item>(what: string, token: string | undefined, items: Item[]): Page<Item> {
    this.count(what);
    const end = Number(token ?? 0) + this.pageSize;
    return { items: items.slice(end - this.pageSize, end), next: end < items.length ? String(end) : undefined };
  }

  private count(what: string): void {
    this.calls[what] = (this.calls[what] ?? 0) + 1;
  }
}

export function packageOf(name: string, number: string): ListedPackage {
  return {
    arn: `arn:aws:sagemaker:us-east-1:111111111111:model-package/${groupNameOf(name)}/${number}`,
    creationTime: Number(number),
    status: 'Completed',
    approvalStatus: 'Approved',
  };
}

function listedModel(name: string, { aliases, tags, versions }: WorldModel): ListedModel {
  return { name, aliases: new Map(Object.entries(aliases)), tags, latest: versions.slice(-1) };
}

function hash(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}
