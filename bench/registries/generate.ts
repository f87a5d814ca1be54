import { groupNameOf } from '../../lambda/shared/names/group-name';
import type { ListedPackage } from '../../lambda/shared/packages/model-package';
import type { ModelVersion } from '../../lambda/shared/registry/registry';

/** How large a registry is made. */
export interface Size {
  readonly models: number;
  /** Of all models together; at least one for each. */
  readonly versions: number;
}

/** A model as MLflow holds it, with its packages. */
export interface GeneratedModel {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly aliases: readonly { readonly alias: string; readonly version: string }[];
  /** With their own tags only, and without aliases. */
  readonly versions: readonly ModelVersion[];
}

const FIRST_MS = Date.parse('2026-01-01T00:00:00Z');
const STAGES = ['Staging', 'Production'] as const;
/** Names as people give them: some stand for themselves in SageMaker, some do not. */
const NAMES = [
  (index: number) => `model-${index}`,
  (index: number) => `Team_A.Modell Nr. ${index}`,
  (index: number) => `prognose-köln-${index}`,
  (index: number) => `main.default.churn_${index}`,
];

/**
 * Models with the most that a scan can meet: every version is promoted and has a package. A few models have thousands of versions
 * and most have few, as Zipf's law has it. The same seed gives the same models.
 */
export function* generateModels({ models, versions }: Size, seed = 1): Generator<GeneratedModel> {
  const random = randomOf(seed);
  const harmonic = Array.from({ length: models }, (_, index) => 1 / (index + 1)).reduce((sum, one) => sum + one, 0);
  let left = versions - models;
  for (let index = 0; index < models; index++) {
    const share =
      index === models - 1 ? left : Math.min(left, Math.round((versions - models) / (index + 1) / harmonic));
    left -= share;
    const name = (NAMES[index % NAMES.length] ?? String)(index);
    const own = Array.from({ length: 1 + share }, (_, position) => versionOf(name, position + 1, random));
    yield {
      name,
      tags: random() < 0.5 ? { team: `team ${Math.floor(random() * 50)}` } : {},
      aliases: random() < 0.3 ? [{ alias: 'champion', version: '1' }] : [],
      versions: own,
    };
  }
}

/** The package of a version; its group's are numbered as the versions are. */
export function packageOf({ name, version, creationTimestamp }: ModelVersion): ListedPackage & { groupName: string } {
  const groupName = groupNameOf(name);
  return {
    groupName,
    arn: `arn:aws:sagemaker:us-east-1:111111111111:model-package/${groupName}/${version}`,
    creationTime: creationTimestamp + 60_000,
    status: 'Completed',
    approvalStatus: 'Approved',
  };
}

/** The versions of a model with all that is known of them. */
export function wholeVersions({ versions, tags, aliases }: GeneratedModel): ModelVersion[] {
  return versions.map((version) => ({
    ...version,
    tags: { ...tags, ...version.tags },
    aliases: aliases.filter((one) => one.version === version.version).map(({ alias }) => alias),
  }));
}

function versionOf(name: string, number: number, random: () => number): ModelVersion {
  const id = Array.from({ length: 4 }, () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
  return {
    name,
    version: String(number),
    // Whole seconds, as SageMaker's times are sent.
    creationTimestamp: FIRST_MS + Math.floor(random() * 1e7) * 1000,
    stage: STAGES[Math.floor(random() * STAGES.length)] ?? 'Staging',
    aliases: [],
    runId: id,
    source: `models:/m-${id}`,
    description: random() < 0.2 ? `trained on "week ${number % 53}", checked` : '',
    status: 'READY',
    tags: random() < 0.3 ? { accuracy: random().toFixed(4) } : {},
  };
}

/** Mulberry32: small, seeded, good enough for test data. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
