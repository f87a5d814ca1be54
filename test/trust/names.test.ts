import fc from 'fast-check';
import { executionName } from '../../lambda/shared/executions';
import { pipelineName, repositoryName, ruleName } from '../../lambda/shared/names/deployment-names';
import { groupNameOf } from '../../lambda/shared/names/group-name';
import {
  liveChange,
  type Packing,
  packageIdentity,
  packageMetadata,
  packingOf,
  versionIdentity,
} from '../../lambda/shared/packages/metadata';
import { decodeMetadataText } from '../../lambda/shared/packages/metadata-text';
import { TAG_PREFIX } from '../../lambda/shared/packages/tag-metadata';
import { contentPrefix } from '../../lambda/shared/packing/content-key';
import type { ModelVersion } from '../../lambda/shared/registry/registry';
import { ENVIRONMENTS } from '../../product-template/lib/deployable/environments';
import { endpointName } from '../../product-template/lib/endpoints/endpoint-name';
import { stageStackName } from '../../product-template/lib/names';
import { sized, tried } from '../../trust/sizes';
import { nearPairs } from '../lambda/shared/names/wild-names';
import { anyCharacter } from '../support/any-character';
import { modelVersion } from '../support/versions';

const PAIRS = nearPairs(sized(1_000, 10_000));

/** What a service takes (patterns and lengths of botocore 1.44's service models; CloudFormation's and CodeCommit's are in their prose). */
interface Rule {
  readonly pattern: RegExp;
  readonly max: number;
  readonly of: (group: string, model: string) => readonly string[];
}
const VERSIONS = ['1', '2', '12', '112', '999999999999', '1-staging', 'x'];
const KINDS = ['realtime', 'serverless'] as const;
const RULES: Readonly<Record<string, Rule>> = {
  'model package group': { pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, max: 63, of: (group) => [group] },
  repository: { pattern: /^(?!.*\.git$)[\w.-]+$/, max: 100, of: (group) => [repositoryName(group)] },
  pipeline: { pattern: /^[A-Za-z0-9.@\-_]+$/, max: 100, of: (group) => [pipelineName(group)] },
  rule: { pattern: /^[.\-_A-Za-z0-9]+$/, max: 64, of: (group) => [ruleName(group)] },
  stack: {
    pattern: /^[a-zA-Z][-a-zA-Z0-9]*$/,
    max: 128,
    of: (group) => ENVIRONMENTS.map((environment) => stageStackName(group, environment)),
  },
  endpoint: {
    pattern: /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
    max: 63,
    of: (group) =>
      VERSIONS.flatMap((version) =>
        ENVIRONMENTS.flatMap((environment) => KINDS.map((kind) => endpointName(group, version, environment, kind))),
      ),
  },
  execution: {
    pattern: /^[A-Za-z0-9-]+$/,
    max: 80,
    of: (_group, model) => ['one', 'other'].map((delivery) => executionName(model, delivery)),
  },
  archive: {
    pattern: /^models\/[a-z0-9-]+\/key\/$/,
    max: 100,
    of: (group) => [contentPrefix(group, 'key')],
  },
};

test.each(Object.keys(RULES))(
  'names of a model are valid and its own, whatever is near to it: %s',
  (what) => {
    const { pattern, max, of } = RULES[what] as Rule;
    const owners = new Map<string, string>();
    const faults: unknown[] = [];
    const give = (model: string) => {
      for (const name of of(groupNameOf(model), model)) {
        // Some services tell no case apart; all are held to that.
        const owner = owners.get(name.toLowerCase());
        if (!pattern.test(name) || name.length > max || (owner !== undefined && owner !== model)) {
          faults.push({ model, name, owner });
        }
        owners.set(name.toLowerCase(), model);
      }
    };
    for (const pair of PAIRS) {
      pair.forEach(give);
    }
    // What looks like the name that another one got is a model's name as well.
    const made = [...owners.keys()].filter((_name, index) => index % 10 === 0);
    made.forEach(give);
    made.flatMap((name) => [`${name}-1-staging`, `${name}-1`, name.replace(/-\d+-staging$/, '')]).forEach(give);
    expect(faults.slice(0, 5)).toEqual([]);
    expect(owners.size).toBeGreaterThan(PAIRS.length);
    tried('names', PAIRS.length);
  },
  300_000,
);

const PACKING: Packing = {
  flavor: 'sklearn',
  frameworkVersion: '1.9.1',
  pythonVersion: '3.12.1',
  steeredBy: 'sklearn',
  modelData: 'uncompressed',
  packing: '1',
  imageRule: '1',
  environment: '',
  imageReason: "AWS's image has what the model needs",
  patchedBy: 'AWS until 2027-07-16',
};
const KEY = /^mlflow_[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,121}$/u;
const VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;
const REGISTRY = 'mlflow.example.com/base';

/** A version that says the pair's names in all of its texts. */
function versionOf(name: string, other: string, tags: Readonly<Record<string, string>>): ModelVersion {
  const texts = { name, source: `runs:/${other}`, description: `${name}\n${other}`, aliases: [other, 'staging'] };
  return modelVersion({ ...texts, runId: other, stage: 'Production', tags });
}

test('metadata of any version are valid, say what the version says or name what they leave out, and settle', () => {
  const faults: unknown[] = [];
  for (const [name, other] of PAIRS) {
    const tags = { [name]: other, [other]: name, plain: name };
    const version = versionOf(name, other, tags);
    const metadata = packageMetadata(version, REGISTRY, PACKING, 'Owner', other);
    const valid = Object.entries(metadata).every(([key, value]) => KEY.test(key) && VALUE.test(value));
    const left = decodeMetadataText(metadata.mlflow_left_out ?? '');
    // Lone surrogates, which no service's JSON can hold, are read back as U+FFFD.
    const says = (key: string, text: string) =>
      decodeMetadataText(metadata[key] ?? '') === text.toWellFormed() || (!(key in metadata) && left !== '');
    const told =
      says('mlflow_name', name) &&
      says('mlflow_source', version.source) &&
      says('mlflow_description', version.description) &&
      says('mlflow_warning', other) &&
      says(`${TAG_PREFIX}plain`, name);
    const tagsBack = Object.entries(metadata)
      .filter(([key]) => key.startsWith(TAG_PREFIX))
      .every(([key, value]) => {
        const tag = decodeMetadataText(key.slice(TAG_PREFIX.length));
        const text = Object.entries(tags).filter(([named]) => named.toWellFormed() === tag);
        return text.some(([, wanted]) => wanted.toWellFormed() === decodeMetadataText(value));
      });
    const settled = liveChange(version, other, metadata, new Set()) === undefined;
    const packing = JSON.stringify(packingOf(metadata)) === JSON.stringify(PACKING);
    if (!valid || Object.keys(metadata).length > 50 || !told || !tagsBack || !settled || !packing) {
      faults.push({ name, other, valid, told, tagsBack, settled, packing, metadata });
    }
  }
  expect(faults.slice(0, 3)).toEqual([]);
  tried('names', PAIRS.length);
});

test('a package is that of its version, and of no version near to it', () => {
  const faults: unknown[] = [];
  for (const [one, other] of PAIRS) {
    const version = modelVersion({ name: 'churn', runId: one });
    const identity = packageIdentity(packageMetadata(version, REGISTRY, PACKING, 'Owner'));
    const near: ModelVersion[] = [
      { ...version, version: '11' },
      { ...version, creationTimestamp: version.creationTimestamp + 1 },
      // MLflow's own run ids are short; one that SageMaker has no room for is told apart by the rest.
      ...(one.toWellFormed() === other.toWellFormed() || !fits(one) || !fits(other)
        ? []
        : [{ ...version, runId: other }]),
    ];
    const own = versionIdentity(version, REGISTRY) === identity;
    const others = near.every((another) => versionIdentity(another, REGISTRY) !== identity);
    const elsewhere = versionIdentity(version, 'other.example.com') !== identity;
    if (!own || !others || !elsewhere) {
      faults.push({ one, other, own, others, elsewhere });
    }
  }
  expect(faults.slice(0, 3)).toEqual([]);
  tried('names', PAIRS.length);
});

function fits(text: string): boolean {
  return 'mlflow_run_id' in packageMetadata(modelVersion({ runId: text }), REGISTRY, PACKING, 'Owner');
}

test('any number of tags of any length fits, and none is taken for another', () => {
  const text = fc.oneof(
    fc.constantFrom(...PAIRS.slice(0, 200).flat()),
    fc.string({ unit: anyCharacter, maxLength: 300 }),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'a\ud800', 'a\udfff', 'mlflow.user', 'mlflow_name', ''),
  );
  const runs = sized(200, 2_000);
  fc.assert(
    fc.property(fc.dictionary(text, text, { maxKeys: 80, noNullPrototype: true }), text, (tags, description) => {
      const metadata = packageMetadata(modelVersion({ tags, description }), REGISTRY, PACKING, 'Owner', description);
      const entries = Object.entries(metadata);
      expect(entries.length).toBeLessThanOrEqual(50);
      expect(entries.filter(([key, value]) => !KEY.test(key) || !VALUE.test(value))).toEqual([]);
      const carried = Object.keys(tags).filter((tag) => !tag.startsWith('mlflow.') && tags[tag] !== '');
      const packed = entries.filter(([key]) => key.startsWith(TAG_PREFIX));
      if (packed.length < carried.length) {
        expect(metadata).toHaveProperty('mlflow_left_out');
      }
      for (const [key, value] of packed) {
        const tag = decodeMetadataText(key.slice(TAG_PREFIX.length));
        const meant = carried.filter((one) => one.toWellFormed() === tag).map((one) => tags[one]?.toWellFormed());
        expect(meant).toContain(decodeMetadataText(value));
      }
    }),
    { numRuns: runs, seed: 20261126 },
  );
  tried('names', runs);
}, 300_000);
