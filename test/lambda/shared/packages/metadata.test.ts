import fc from 'fast-check';
import {
  identityMetadata,
  liveMetadata,
  metadataChange,
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

/** CustomerMetadataValue of API_CreateModelPackage. */
const SAGEMAKER_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u;
const packing = { flavor: 'sklearn', frameworkVersion: '1.9.1', packing: '1' };

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
      fc.property(text, text, fc.array(text), (name, description, aliases) => {
        const metadata = packageMetadata(modelVersion({ name, description, aliases }), 'host', packing, 'Owner');
        expect(Object.keys(metadata).length).toBeLessThanOrEqual(METADATA_ENTRIES_MAX);
        for (const [key, value] of Object.entries(metadata)) {
          expect(key).toMatch(/^mlflow_/);
          expect(value).toMatch(SAGEMAKER_VALUE);
        }
      }),
    );
  });

  test('a value that does not fit is left out whole', () => {
    const metadata = packageMetadata(
      modelVersion({ description: 'x'.repeat(METADATA_VALUE_MAX + 1) }),
      'host',
      packing,
      'o',
    );
    expect(metadata).not.toHaveProperty('mlflow_description');
  });

  test('say how the package was packed', () => {
    expect(packingOf(packageMetadata(modelVersion(), 'host', packing, 'o'))).toEqual(packing);
  });

  test('say nothing of a run that is not there', () => {
    const metadata = packageMetadata(modelVersion({ runId: '' }), 'host', packing, 'o');
    expect(metadata).not.toHaveProperty('mlflow_run_id');
    expect(metadataChange(identityMetadata(modelVersion({ runId: '' }), 'host'), metadata)).toBeUndefined();
    expect(metadataChange(identityMetadata(modelVersion({ runId: 'r' }), 'host'), metadata)).toBeDefined();
  });

  test('a change names what to set and what to remove', () => {
    const before = packageMetadata(modelVersion({ stage: 'Staging', aliases: ['staging'] }), 'host', packing, 'o');
    const change = metadataChange(liveMetadata(modelVersion({ stage: 'Production' })), before);
    expect(change).toEqual({
      set: { mlflow_current_stage: 'Production', mlflow_environments: 'Production' },
      remove: ['mlflow_aliases'],
    });
  });
});
