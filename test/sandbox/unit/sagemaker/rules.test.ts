import { mergedMetadata } from '../../../../sandbox/sagemaker/actions/updating';
import { arnOfNameOrArn, resourceOf } from '../../../../sandbox/sagemaker/arn';
import { parseEcrImage } from '../../../../sandbox/sagemaker/container-images';
import { dataLocationOf } from '../../../../sandbox/sagemaker/containers';
import { environmentFolder, frameworkImageOf, workerKindOf } from '../../../../sandbox/sagemaker/endpoints/images';
import { parseS3Location } from '../../../../sandbox/sagemaker/model-data';

const ECR = '683313688378.dkr.ecr.us-east-1.amazonaws.com';

describe('ARNs', () => {
  const caller = { account: '111122223333', region: 'us-east-1' };

  test('a name becomes an ARN, an ARN stays, a bare version is refused', () => {
    const arn = 'arn:aws:sagemaker:us-east-1:111122223333:model-package/g/3';
    expect(arnOfNameOrArn(caller, 'model-package', 'p')).toBe(
      'arn:aws:sagemaker:us-east-1:111122223333:model-package/p',
    );
    expect(arnOfNameOrArn(caller, 'model-package', arn)).toBe(arn);
    expect(() => arnOfNameOrArn(caller, 'model-package', 'g/3')).toThrow('by its ARN only');
    expect(resourceOf(arn)).toEqual({ type: 'model-package', name: 'g/3' });
    expect(resourceOf('arn:aws:s3:::bucket')).toBeUndefined();
  });
});

describe('images', () => {
  test.each([
    [`${ECR}/sagemaker-scikit-learn:1.4-2-cpu-py3`, 'sagemaker-scikit-learn'],
    [`${ECR}/team/own.image@sha256:${'a'.repeat(64)}`, 'team/own.image'],
    [`${ECR}/untagged`, 'untagged'],
    [`${ECR}.cn/sagemaker-xgboost:3.0-5`, 'sagemaker-xgboost'],
    ['python:3.12', undefined],
    [`${ECR}/Upper:1`, undefined],
    [`https://${ECR}/a:1`, undefined],
  ])('%s is of repository %s', (image, repository) => {
    expect(parseEcrImage(image)?.repository).toBe(repository);
  });

  test('a worker stands in for each image that the project uses, none for others', () => {
    expect(workerKindOf(`${ECR}/tensorflow-inference:2.19`)).toBe('tensorflow_serving');
    expect(frameworkImageOf(`${ECR}/sagemaker-xgboost:3.2-0`)?.pins.xgboost).toBe('3.2.0');
    expect(() => frameworkImageOf(`${ECR}/sagemaker-xgboost:3.0-5`)).toThrow('sagemaker-xgboost:3.2-0 only');
    expect(frameworkImageOf(`${ECR}/tensorflow-inference:2.19`)).toBeUndefined();
    expect(environmentFolder(`${ECR}/mlflow-mlops-environments@sha256:${'a'.repeat(64)}`, '/i')).toBe(
      `/i/${'a'.repeat(64)}`,
    );
    expect(() => workerKindOf(`${ECR}/pytorch-inference:2.6`)).toThrow('The sandbox has no worker for the image');
  });
});

describe('model data', () => {
  test.each([
    ['s3://bucket/a/b.tar.gz', { bucket: 'bucket', key: 'a/b.tar.gz' }],
    ['https://s3.us-east-1.amazonaws.com/bucket/a', { bucket: 'bucket', key: 'a' }],
    ['https://bucket.s3.us-east-1.amazonaws.com/a/b', { bucket: 'bucket', key: 'a/b' }],
    ['s3://bucket', undefined],
    ['s3://bucket/', undefined],
    ['https://example.com/bucket/key', undefined],
  ])('%s', (url, location) => {
    expect(parseS3Location(url)).toEqual(location);
  });

  const source = (S3DataType: 'S3Prefix' | 'S3Object', CompressionType: 'None' | 'Gzip', S3Uri: string) => ({
    ModelDataSource: { S3DataSource: { S3Uri, S3DataType, CompressionType } },
  });

  test('a prefix is uncompressed and ends in a slash, an object is an archive', () => {
    expect(dataLocationOf(source('S3Prefix', 'None', 's3://b/p/'))).toMatchObject({ kind: 'prefix' });
    expect(dataLocationOf(source('S3Object', 'Gzip', 's3://b/m.tar.gz'))).toMatchObject({ kind: 'archive' });
    expect(() => dataLocationOf(source('S3Prefix', 'None', 's3://b/p'))).toThrow('must end with a forward slash');
    expect(() => dataLocationOf(source('S3Prefix', 'Gzip', 's3://b/p/'))).toThrow("sandbox's SageMaker does not have");
    const both = { ...source('S3Object', 'Gzip', 's3://b/m'), ModelDataUrl: 's3://b/m' };
    expect(() => dataLocationOf(both)).toThrow('Only one of');
  });
});

describe('merging metadata', () => {
  const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, 'v']));

  test('keeps, changes, adds and removes by key', () => {
    const changes = {
      CustomerMetadataProperties: { b: '2', c: '3' },
      CustomerMetadataPropertiesToRemove: ['a', 'unknown'],
    };
    expect(mergedMetadata(changes, { a: '1', b: '1', d: '1' })).toEqual({ b: '2', c: '3', d: '1' });
  });

  test('says nothing when the request does not', () => {
    expect(mergedMetadata({}, { a: '1' })).toBeUndefined();
  });

  test('counts what is left', () => {
    const add = { CustomerMetadataProperties: { more: 'v' } };
    expect(() => mergedMetadata(add, fifty)).toThrow('at most 50');
    expect(
      Object.keys(mergedMetadata({ ...add, CustomerMetadataPropertiesToRemove: ['k0'] }, fifty) ?? {}),
    ).toHaveLength(50);
  });
});
