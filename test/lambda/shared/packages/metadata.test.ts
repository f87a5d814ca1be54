import fc from 'fast-check';
import {
  identityMetadata,
  liveChange,
  liveMetadata,
  metadataChange,
  type Packing,
  packageIdentity,
  packageMetadata,
  packingOf,
  registryMark,
  UNSYNCED,
  versionIdentity,
} from '../../../../lambda/shared/packages/metadata';
import {
  decodeMetadataText,
  encodeMetadataText,
  METADATA_ENTRIES_MAX,
  METADATA_VALUE_MAX,
} from '../../../../lambda/shared/packages/metadata-text';
import { modelVersion } from '../../../support/versions';

/** CustomerMetadataKey and CustomerMetadataValue of API_CreateModelPackage. */
const SAGEMAKER_KEY = /^mlflow_[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,121}$/u;
const SAGEMAKER_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;
const packing: Packing = {
  flavor: 'sklearn',
  frameworkVersion: '1.9.1',
  pythonVersion: '3.12.1',
  steeredBy: '',
  modelData: 'archive',
  packing: '1',
  imageRule: '1',
  environment: '3f2a'.repeat(8),
  imageReason: "AWS's image has what the model needs",
  patchedBy: 'AWS until 2027-07-16',
};

describe('metadata text', () => {
  test('any text is encoded to the alphabet and read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const encoded = encodeMetadataText(text);
        expect(encoded).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
        expect(decodeMetadataText(encoded)).toBe(text);
      }),
    );
  });

  test('what MLflow mostly says stays readable', () => {
    expect(encodeMetadataText('models:/m-971b00edcfbf')).toBe('models:/m-971b00edcfbf');
    expect(encodeMetadataText('a=b, "c"')).toBe('a=3Db=2C =22c=22');
  });
});

describe('package metadata', () => {
  test('fit SageMaker, whatever the registry says', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 400 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(text),
        fc.dictionary(text, text, { maxKeys: 80 }),
        (name, description, aliases, tags) => {
          const version = modelVersion({ name, description, aliases, tags });
          const metadata = packageMetadata(
            version,
            'host',
            { ...packing, steeredBy: 'sklearn', modelData: 'uncompressed' },
            'Owner',
            'a warning',
            { files: 1, image: 1 },
          );
          expect(Object.keys(metadata).length).toBeLessThanOrEqual(METADATA_ENTRIES_MAX);
          const unfit = Object.entries(metadata).filter(
            ([key, value]) => !SAGEMAKER_KEY.test(key) || !SAGEMAKER_VALUE.test(value),
          );
          expect(unfit).toEqual([]);
        },
      ),
    );
  });

  test('say all that there is to say of a version and of how it is packed', () => {
    const version = modelVersion({
      stage: 'Staging',
      aliases: ['staging', 'production'],
      description: 'a=b',
      tags: { team: 'risk' },
    });
    const steered: Packing = { ...packing, steeredBy: 'sklearn', modelData: 'uncompressed' };
    expect(packageMetadata(version, 'host:5000', steered, 'Owner', 'too old')).toEqual({
      mlflow_mlops_owner: 'Owner',
      mlflow_registry: 'host:5000',
      mlflow_name: 'churn',
      mlflow_version: '1',
      mlflow_run_id: version.runId,
      mlflow_creation_timestamp: String(version.creationTimestamp),
      mlflow_source: version.source,
      mlflow_current_stage: 'Staging',
      mlflow_aliases: 'staging production',
      mlflow_environments: 'Staging Production',
      mlflow_description: 'a=3Db',
      mlflow_warning: 'too old',
      mlflow_synced: 'true',
      mlflow_tag_team: 'risk',
      mlflow_flavor: 'sklearn',
      mlflow_framework_version: '1.9.1',
      mlflow_python_version: '3.12.1',
      mlflow_deploy_flavor: 'sklearn',
      mlflow_deploy_model_data: 'uncompressed',
      mlflow_mlops_packing: '1',
      mlflow_mlops_image_rule: '1',
      mlflow_environment: '3f2a'.repeat(8),
      mlflow_image_reason: 'AWS=27s image has what the model needs',
      mlflow_image_patched_by: 'AWS until 2027-07-16',
    });
  });

  test('the uncompressed sizes are there where they are known', () => {
    const bytes = { files: 6 * 1024 ** 3, image: 11 * 1024 ** 3 };
    const sized = packageMetadata(modelVersion(), 'host', packing, 'o', undefined, bytes);
    expect(sized).toMatchObject({ mlflow_mlops_bytes: '6442450944', mlflow_mlops_image_bytes: '11811160064' });
    const unknown = packageMetadata(modelVersion(), 'host', packing, 'o');
    expect(Object.keys(unknown).filter((key) => key.endsWith('_bytes'))).toEqual([]);
  });

  test('of what has no value have no entry', () => {
    const metadata = packageMetadata(
      modelVersion({ runId: '' }),
      'host',
      { ...packing, pythonVersion: '', environment: '' },
      'o',
    );
    expect(Object.keys(metadata).sort()).toEqual([
      'mlflow_creation_timestamp',
      'mlflow_current_stage',
      'mlflow_flavor',
      'mlflow_framework_version',
      'mlflow_image_patched_by',
      'mlflow_image_reason',
      'mlflow_mlops_image_rule',
      'mlflow_mlops_owner',
      'mlflow_mlops_packing',
      'mlflow_name',
      'mlflow_registry',
      'mlflow_source',
      'mlflow_synced',
      'mlflow_version',
    ]);
  });

  test('name everything that was left out: what may change, what never does, and tags', () => {
    const long = 'x'.repeat(METADATA_VALUE_MAX + 1);
    const version = modelVersion({ name: long, source: long, description: long, aliases: [long], tags: { t: long } });
    expect(liveMetadata(version, long).mlflow_left_out).toBe(
      'mlflow_aliases mlflow_description mlflow_warning mlflow_name mlflow_source mlflow_tag_t',
    );
    const fits = 'x'.repeat(METADATA_VALUE_MAX);
    expect(liveMetadata(modelVersion({ description: fits, tags: { t: fits } }), undefined)).toMatchObject({
      mlflow_description: fits,
      mlflow_tag_t: fits,
      mlflow_left_out: '',
    });
  });

  test.each<[string, Parameters<typeof modelVersion>[0], string]>([
    ['registry', {}, 'other'],
    ['name', { name: 'other' }, 'host'],
    ['number', { version: '2' }, 'host'],
    ['run', { runId: '' }, 'host'],
    ['time of creation', { creationTimestamp: 1 }, 'host'],
  ])('tell a version from one of another %s', (_what, over, registry) => {
    const identity = versionIdentity(modelVersion(), 'host');
    expect(versionIdentity(modelVersion(over), registry)).not.toBe(identity);
    expect(packageIdentity(packageMetadata(modelVersion(over), registry, packing, 'o'))).toBe(
      versionIdentity(modelVersion(over), registry),
    );
  });

  test('tell a version by nothing that may change', () => {
    const changed = modelVersion({
      stage: 'Production',
      aliases: ['a'],
      description: 'd',
      tags: { t: '1' },
      source: 's',
    });
    expect(versionIdentity(changed, 'host')).toBe(versionIdentity(modelVersion(), 'host'));
    expect(packageIdentity({})).not.toBe(versionIdentity(modelVersion(), 'host'));
  });

  test("have the registry's name encoded, and nothing for one that does not fit", () => {
    expect(registryMark('host/a b')).toBe('host/a b');
    expect(registryMark('host?')).toBe('host=3F');
    expect(registryMark('x'.repeat(METADATA_VALUE_MAX + 1))).toBe('');
  });

  test('a package that is synced no more differs in that alone, and one mark that comes and one that goes are a change', () => {
    const before = packageMetadata(modelVersion(), 'host', packing, 'o');
    expect(metadataChange(UNSYNCED, before)).toEqual({ set: { mlflow_synced: 'false' }, remove: [] });
    expect(metadataChange({ a: '1', b: '' }, { b: '2' })).toEqual({ set: { a: '1' }, remove: ['b'] });
    expect(metadataChange({ a: '1', b: '' }, { a: '1', c: '3' })).toBeUndefined();
  });

  test('a value that does not fit is left out whole, and named', () => {
    const metadata = packageMetadata(
      modelVersion({ description: 'x'.repeat(METADATA_VALUE_MAX + 1) }),
      'host',
      packing,
      'o',
    );
    expect(metadata).not.toHaveProperty('mlflow_description');
    expect(metadata.mlflow_left_out).toBe('mlflow_description');
  });

  test('carry tags; those that are too long and the last of too many are left out and named', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`t${100 + index}`, `is "${index}"`]));
    const tags = { ...many, long: 'x'.repeat(257), ['k'.repeat(120)]: 'v', empty: '', 'mlflow.user': 'root' };
    const metadata = liveMetadata(modelVersion({ tags }), undefined);
    expect(Object.keys(metadata).filter((key) => key.startsWith('mlflow_tag_'))).toHaveLength(23);
    expect(decodeMetadataText(metadata.mlflow_tag_t100 ?? '')).toBe('is "0"');
    expect(metadata).not.toHaveProperty('mlflow_tag_t123');
    const leftOut = decodeMetadataText(metadata.mlflow_left_out ?? '');
    expect(leftOut).toContain(`mlflow_tag_${'k'.repeat(120)} mlflow_tag_long mlflow_tag_t123`);
    expect(leftOut).toMatch(/ and \d+ more$/);
  });

  test('follow tags: new ones are set, others changed, those that are gone removed', () => {
    const before = packageMetadata(modelVersion({ tags: { a: '1', b: '2' } }), 'host', packing, 'o');
    expect(liveChange(modelVersion({ tags: { b: '3', c: '4' } }), undefined, before, new Set())).toEqual({
      set: { mlflow_tag_b: '3', mlflow_tag_c: '4' },
      remove: ['mlflow_tag_a'],
    });
    expect(liveChange(modelVersion({ tags: { a: '1', b: '2' } }), undefined, before, new Set())).toBeUndefined();
  });

  test('tell of an image that is past its end of patch, from the day on', () => {
    const before = packageMetadata(modelVersion(), 'host', packing, 'o');
    expect(liveChange(modelVersion(), 'too old', before, new Set())).toEqual({
      set: { mlflow_warning: 'too old' },
      remove: [],
    });
  });

  test('say how the package was packed', () => {
    expect(packingOf(packageMetadata(modelVersion(), 'host', packing, 'o'))).toEqual(packing);
    const uncompressed: Packing = { ...packing, steeredBy: 'sklearn', modelData: 'uncompressed' };
    expect(packingOf(packageMetadata(modelVersion(), 'host', uncompressed, 'o'))).toEqual(uncompressed);
  });

  test('say nothing of a run that is not there', () => {
    const metadata = packageMetadata(modelVersion({ runId: '' }), 'host', packing, 'o');
    expect(metadata).not.toHaveProperty('mlflow_run_id');
    expect(metadataChange(identityMetadata(modelVersion({ runId: '' }), 'host'), metadata)).toBeUndefined();
    expect(metadataChange(identityMetadata(modelVersion({ runId: 'r' }), 'host'), metadata)).toBeDefined();
  });

  test('a change names what to set and what to remove', () => {
    const before = packageMetadata(modelVersion({ stage: 'Staging', aliases: ['staging'] }), 'host', packing, 'o');
    const change = liveChange(modelVersion({ stage: 'Production' }), undefined, before, new Set());
    expect(change).toEqual({
      set: { mlflow_current_stage: 'Production', mlflow_environments: 'Production' },
      remove: ['mlflow_aliases'],
    });
  });
});
