import fc from 'fast-check';
import {
  identityMetadata,
  liveChange,
  liveMetadata,
  metadataChange,
  type Packing,
  packageMetadata,
  packingOf,
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
    expect(Object.keys(metadata).filter((key) => key.startsWith('mlflow_tag_'))).toHaveLength(30);
    expect(decodeMetadataText(metadata.mlflow_tag_t100 ?? '')).toBe('is "0"');
    expect(metadata).not.toHaveProperty('mlflow_tag_t130');
    const leftOut = decodeMetadataText(metadata.mlflow_left_out ?? '');
    expect(leftOut).toContain(`mlflow_tag_${'k'.repeat(120)} mlflow_tag_long mlflow_tag_t130`);
    expect(leftOut).toMatch(/ and \d+ more$/);
  });

  test('follow tags: new ones are set, others changed, those that are gone removed', () => {
    const before = packageMetadata(modelVersion({ tags: { a: '1', b: '2' } }), 'host', packing, 'o');
    expect(liveChange(modelVersion({ tags: { b: '3', c: '4' } }), undefined, before)).toEqual({
      set: { mlflow_tag_b: '3', mlflow_tag_c: '4' },
      remove: ['mlflow_tag_a'],
    });
    expect(liveChange(modelVersion({ tags: { a: '1', b: '2' } }), undefined, before)).toBeUndefined();
  });

  test('tell of an image that is past its end of patch, from the day on', () => {
    const before = packageMetadata(modelVersion(), 'host', packing, 'o');
    expect(liveChange(modelVersion(), 'too old', before)).toEqual({ set: { mlflow_warning: 'too old' }, remove: [] });
  });

  test('say how the package was packed', () => {
    expect(packingOf(packageMetadata(modelVersion(), 'host', packing, 'o'))).toEqual(packing);
    const uncompressed: Packing = { ...packing, modelData: 'uncompressed' };
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
    const change = liveChange(modelVersion({ stage: 'Production' }), undefined, before);
    expect(change).toEqual({
      set: { mlflow_current_stage: 'Production', mlflow_environments: 'Production' },
      remove: ['mlflow_aliases'],
    });
  });
});
