import {
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteModelPackageCommand,
  DescribeModelCommand,
  UpdateEndpointCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { ModelPackages } from '../../../lambda/shared/packages/model-packages';
import { configure, deploy, ENVIRONMENT, invoke, prepare, scriptFiles } from './sagemaker/hosting';
import { ACCOUNT, archiveOf, IMAGE, openStage, REGION, registerVersion, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await prepare(stage, 'doubler', scriptFiles('2'));
});
afterAll(() => stage.close());

const update = (name: string, config: string) =>
  stage.sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: config }));

describe('what cannot be deployed fails with the reason', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'model-fn-raises',
      scriptFiles('not a number'),
      /did not pass the ping health check.*ValueError: could not convert string to float/s,
    ],
    [
      'no-script',
      { 'factor.txt': '1' },
      /AllTraffic did not pass the ping health check.*The script inference.py is not in/,
    ],
    [
      'fails-late',
      { 'code/inference.py': 'import time\ndef model_fn(folder):\n  time.sleep(3)\n  raise ValueError("late")\n' },
      /did not pass the ping health check.*ValueError: late/,
    ],
    ['exits', scriptFiles('1', { 'code/inference.py': 'import sys; sys.exit(3)' }), /SystemExit: 3/],
  ])('%s', async (name, files, reason) => {
    await prepare(stage, name, files);
    const endpoint = await deploy(stage, name);
    expect(endpoint.EndpointStatus).toBe('Failed');
    expect(endpoint.FailureReason).toMatch(reason);
  });

  test('an archive that is no archive', async () => {
    await prepare(stage, 'no-archive', Buffer.from('not a tar.gz'));
    const { FailureReason } = await deploy(stage, 'no-archive');
    expect(FailureReason).toMatch(
      /^Failed to extract model data archive for container "container_1" from URL "s3:\/\/models\/no-archive.tar.gz"/,
    );
  });

  test('an archive that was cut off, and one that leads out of its folder', async () => {
    const whole = await archiveOf(scriptFiles('1', { 'weights.bin': Math.random().toString().repeat(9_000) }));
    await prepare(stage, 'cut-off', whole.subarray(0, whole.length / 2));
    await prepare(stage, 'leads-out', scriptFiles('1', { '../../escaped.txt': 'x' }));
    for (const name of ['cut-off', 'leads-out']) {
      expect((await deploy(stage, name)).FailureReason).toContain('valid tar.gz archive');
    }
  });

  test('an image that no worker stands in for', async () => {
    const image = '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6';
    await prepare(stage, 'no-worker', scriptFiles('1'), { image });
    expect((await deploy(stage, 'no-worker')).FailureReason).toContain(
      `The sandbox has no worker for the image ${image}`,
    );
  });

  test('an image that is deleted after the model was made', async () => {
    stage.aws.images.add('gone:1');
    await prepare(stage, 'gone', scriptFiles('1'), { image: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/gone:1` });
    stage.aws.images.delete('gone:1');
    expect((await deploy(stage, 'gone')).FailureReason).toContain(
      'Please make sure all images included in the model for the production variant AllTraffic exist',
    );
  });

  test('an endpoint that failed is not invoked and not updated, only deleted', async () => {
    await prepare(stage, 'hopeless', scriptFiles('no'));
    await deploy(stage, 'hopeless');
    await expect(invoke(stage, 'hopeless', [1])).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(update('hopeless', 'doubler')).rejects.toThrow('can only be deleted');
    await stage.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'hopeless' }));
  });
});

describe('a model from a package', () => {
  const createModel = (name: string, arn: string) =>
    stage.sagemaker.send(new CreateModelCommand({ ModelName: name, Containers: [{ ModelPackageName: arn }] }));
  const register = async (group: string) => {
    const Containers = [{ Image: IMAGE, ModelDataUrl: 's3://models/doubler.tar.gz', Environment: ENVIRONMENT }];
    return registerVersion(stage, group, { InferenceSpecification: { Containers } });
  };
  const approve = (arn: string) =>
    stage.sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn: arn, ModelApprovalStatus: 'Approved' }));

  test('needs the package approved', async () => {
    const arn = await register('pending');
    await expect(createModel('too-early', arn)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('PendingManualApproval, not Approved'),
    });
    await approve(arn);
    await createModel('in-time', arn);
    const model = await stage.sagemaker.send(new DescribeModelCommand({ ModelName: 'in-time' }));
    expect(model.Containers).toEqual([{ ModelPackageName: arn }]);
  });

  test('serves, also after the package is deleted, but is not deployed again', async () => {
    const arn = await register('deleted');
    await approve(arn);
    await createModel('from-package', arn);
    await configure(stage, 'from-package', 'from-package');
    expect(await deploy(stage, 'from-package')).toMatchObject({ EndpointStatus: 'InService' });
    await stage.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: arn }));
    expect((await invoke(stage, 'from-package', [5])).text).toBe('[10.0]');
    expect((await deploy(stage, 'from-package-again', 'from-package')).FailureReason).toContain('does not exist');
  });

  test('a missing archive is found out when the model is made', async () => {
    const container = { Image: IMAGE, ModelDataUrl: 's3://models/none.tar.gz' };
    const command = new CreateModelCommand({ ModelName: 'without', PrimaryContainer: container });
    await expect(stage.sagemaker.send(command)).rejects.toThrow(
      'Could not find model data at s3://models/none.tar.gz.',
    );
  });

  test('an image of the own account that is not there is found out when the model is made', async () => {
    const image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/none:1`;
    await expect(prepare(stage, 'no-image', scriptFiles('1'), { image })).rejects.toMatchObject({
      name: 'ValidationException',
      message: `Requested image ${image} not found.`,
    });
  });

  test('an image that is deleted after its package was made is missed when the model is made', async () => {
    const image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/own:1`;
    stage.aws.images.add('own:1');
    const arn = await registerVersion(stage, 'own', { InferenceSpecification: { Containers: [{ Image: image }] } });
    await approve(arn);
    stage.aws.images.delete('own:1');
    await expect(createModel('own', arn)).rejects.toThrow(`Requested image ${image} not found.`);
  });

  test('uncompressed data is taken from below a prefix', async () => {
    for (const [name, text] of Object.entries(scriptFiles('7')))
      stage.aws.objects.set(`models/loose/${name}`, Buffer.from(text));
    const S3DataSource = { S3Uri: 's3://models/loose/', S3DataType: 'S3Prefix', CompressionType: 'None' } as const;
    const container = { Image: IMAGE, Environment: ENVIRONMENT, ModelDataSource: { S3DataSource } };
    await stage.sagemaker.send(new CreateModelCommand({ ModelName: 'loose', PrimaryContainer: container }));
    await configure(stage, 'loose', 'loose');
    expect(await deploy(stage, 'loose')).toMatchObject({ EndpointStatus: 'InService' });
    expect((await invoke(stage, 'loose', [1])).text).toBe('[7.0]');
  });

  test('a package that the sync makes of a folder serves on instances, and is refused for serverless', async () => {
    const packages = new ModelPackages(stage.sagemaker, 'owner');
    for (const [name, text] of Object.entries(scriptFiles('9')))
      stage.aws.objects.set(`models/folder/${name}`, Buffer.from(text));
    const arn = await packages.create({
      groupName: 'folder',
      description: 'files as they are',
      image: IMAGE,
      modelDataUrl: 's3://models/folder/',
      environment: ENVIRONMENT,
      metadata: { mlflow_version: '1' },
      approvalStatus: 'Approved',
      clientToken: 'folder',
    });
    expect(await packages.describe(arn)).toMatchObject({ modelDataUrl: 's3://models/folder/' });
    const containers = [{ ModelPackageName: arn }];
    await stage.sagemaker.send(new CreateModelCommand({ ModelName: 'folder', Containers: containers }));
    await configure(stage, 'folder', 'folder');
    expect(await deploy(stage, 'folder')).toMatchObject({ EndpointStatus: 'InService' });
    expect((await invoke(stage, 'folder', [1])).text).toBe('[9.0]');
    const ServerlessConfig = { MaxConcurrency: 1, MemorySizeInMB: 1024 };
    await expect(configure(stage, 'folder-serverless', 'folder', { ServerlessConfig })).rejects.toThrow(
      'ModelDataSource are not supported for serverless endpoints',
    );
  });

  test.each([
    ['folder/', 'empty or blank'],
    ['a/../../b', '".."'],
    ['code/inference.py/more', 'another object as its directory'],
  ])('uncompressed data with a key that makes no file fail: %s', async (key, reason) => {
    const prefix = `bad-${key.length}/`;
    for (const [name, text] of Object.entries(scriptFiles('7')))
      stage.aws.objects.set(`models/${prefix}${name}`, Buffer.from(text));
    stage.aws.objects.set(`models/${prefix}${key}`, Buffer.from(''));
    const S3DataSource = { S3Uri: `s3://models/${prefix}`, S3DataType: 'S3Prefix', CompressionType: 'None' } as const;
    const container = { Image: IMAGE, Environment: ENVIRONMENT, ModelDataSource: { S3DataSource } };
    const name = prefix.slice(0, -1);
    await stage.sagemaker.send(new CreateModelCommand({ ModelName: name, PrimaryContainer: container }));
    await configure(stage, name, name);
    const { EndpointStatus, FailureReason } = await deploy(stage, name);
    expect(EndpointStatus).toBe('Failed');
    expect(FailureReason).toContain(reason);
  });
});
