import { readdir } from 'node:fs/promises';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteModelPackageCommand,
  DescribeModelCommand,
  ListEndpointsCommand,
  UpdateEndpointCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import {
  configure,
  deploy,
  describeEndpoint,
  ENVIRONMENT,
  invoke,
  prepare,
  scriptFiles,
  settled,
} from './sagemaker/hosting';
import { ACCOUNT, archiveOf, IMAGE, openStage, registerVersion, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await prepare(stage, 'doubler', scriptFiles('2'));
  await prepare(stage, 'tripler', scriptFiles('3'));
});
afterAll(() => stage.close());

const update = (name: string, config: string, extra: object = {}) =>
  stage.sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: config, ...extra }));
const eventsOf = (name: string, type: string) =>
  stage.aws.events.filter(
    (event) => event.DetailType === `SageMaker ${type} State Change` && event.detail.EndpointName === name,
  );

describe('a script-mode endpoint', () => {
  beforeAll(async () => {
    process.env.MLFLOW_TRACKING_URI = 'http://sandbox';
    process.env.AWS_SECRET_ACCESS_KEY_OF_SANDBOX = 'secret';
    const { EndpointStatus, FailureReason } = await deploy(stage, 'serving', 'doubler');
    expect({ EndpointStatus, FailureReason }).toEqual({ EndpointStatus: 'InService', FailureReason: undefined });
  });

  test('predicts, and passes the content types through', async () => {
    const answer = await invoke(stage, 'serving', [1, 2, 3], { Accept: 'application/json;verbose=1' });
    expect(answer.text).toBe('[2.0, 4.0, 6.0]');
    expect(answer).toMatchObject({ ContentType: 'application/json;verbose=1', InvokedProductionVariant: 'AllTraffic' });
  });

  test('is described with its variant', async () => {
    expect(await describeEndpoint(stage, 'serving')).toMatchObject({
      EndpointConfigName: 'doubler',
      ProductionVariants: [
        {
          VariantName: 'AllTraffic',
          CurrentWeight: 1,
          CurrentInstanceCount: 1,
          DeployedImages: [{ SpecifiedImage: IMAGE }],
        },
      ],
    });
  });

  test('knows nothing of the sandbox and runs in a folder of its own', async () => {
    const { text } = await invoke(stage, 'serving', 'leak');
    const { environment, cwd } = JSON.parse(text) as { environment: Record<string, string>; cwd: string };
    expect(Object.keys(environment).filter((name) => /^(MLFLOW_|AWS_)/.test(name))).toEqual([]);
    expect(cwd.startsWith(stage.workDir)).toBe(true);
    expect(environment.SAGEMAKER_SUBMIT_DIRECTORY).toBe(`${cwd}/ml/model/code`);
  });

  test('prints to the log', async () => {
    await invoke(stage, 'serving', [1], { Accept: 'text/marked' });
    expect(stage.log).toContain('serving/AllTraffic: answering text/marked');
  });

  test('an error of the script is a ModelError with what the container said', async () => {
    await expect(invoke(stage, 'serving', 'raw:a,b', { ContentType: 'text/csv' })).rejects.toMatchObject({
      name: 'ModelError',
      $metadata: { httpStatusCode: 424 },
      message: expect.stringContaining('Received server error (500) from primary with message "cannot read text/csv'),
      OriginalStatusCode: 500,
      OriginalMessage: expect.stringContaining('ValueError'),
    });
  });

  test('a body over 6 MiB is refused, one below is not', async () => {
    await expect(invoke(stage, 'serving', `raw:${' '.repeat(6 * 1024 * 1024 + 1)}`)).rejects.toMatchObject({
      name: 'ValidationError',
      message: expect.stringContaining('less than or equal to 6291456'),
    });
    expect((await invoke(stage, 'serving', `raw:${' '.repeat(6 * 1024 * 1024 - 3)}[1]`)).text).toBe('[2.0]');
  });

  test('its states are announced', async () => {
    const states = eventsOf('serving', 'Endpoint').map(({ detail }) => detail.EndpointStatus);
    expect(states).toEqual(['CREATING', 'IN_SERVICE']);
    expect(eventsOf('serving', 'Endpoint')[0]?.detail.CreationTime).toEqual(expect.any(Number));
  });

  test('its name is taken, and it is listed by status', async () => {
    const again = new CreateEndpointCommand({ EndpointName: 'serving', EndpointConfigName: 'doubler' });
    await expect(stage.sagemaker.send(again)).rejects.toThrow(
      'Cannot create already existing endpoint "arn:aws:sagemaker:',
    );
    const list = await stage.sagemaker.send(
      new ListEndpointsCommand({ StatusEquals: 'InService', NameContains: 'serv' }),
    );
    expect(list.Endpoints?.map(({ EndpointName }) => EndpointName)).toEqual(['serving']);
  });
});

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
      'imports-mlflow',
      scriptFiles('1', { 'code/inference.py': 'import mlflow' }),
      /ModuleNotFoundError: No module named 'mlflow'/,
    ],
    ['exits', scriptFiles('1', { 'code/inference.py': 'import sys; sys.exit(3)' }), /SystemExit: 3/],
    [
      'unmet',
      scriptFiles('1', { 'code/requirements.txt': 'numpy>=1\nnumpy<1  # none\nno-such-package==1\n' }),
      /'numpy<1' is not satisfied.*'no-such-package==1' is not installed/,
    ],
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

  test('an endpoint that failed is not invoked and not updated, only deleted', async () => {
    await prepare(stage, 'hopeless', scriptFiles('no'));
    await deploy(stage, 'hopeless');
    await expect(invoke(stage, 'hopeless', [1])).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(update('hopeless', 'doubler')).rejects.toThrow('can only be deleted');
    await stage.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'hopeless' }));
  });

  test('MLflow is there for an archive that asks for it', async () => {
    const files = {
      'code/inference.py':
        'import importlib.util\nassert importlib.util.find_spec("mlflow")\ndef model_fn(folder):\n  return 1\n',
    };
    await prepare(stage, 'asks', { ...files, 'code/requirements.txt': 'mlflow-skinny\n' });
    expect(await deploy(stage, 'asks')).toMatchObject({ EndpointStatus: 'InService' });
  });
});

describe('updating an endpoint', () => {
  test('the old configuration serves until the new one does', async () => {
    await deploy(stage, 'updated', 'doubler');
    await update('updated', 'tripler');
    const meanwhile = await describeEndpoint(stage, 'updated');
    expect(meanwhile).toMatchObject({ EndpointStatus: 'Updating', EndpointConfigName: 'doubler' });
    expect(meanwhile.PendingDeploymentSummary).toMatchObject({ EndpointConfigName: 'tripler' });
    expect((await invoke(stage, 'updated', [1])).text).toBe('[2.0]');
    await expect(update('updated', 'doubler')).rejects.toThrow('Cannot update in-progress endpoint');
    await expect(stage.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'updated' }))).rejects.toThrow(
      'in-progress',
    );

    const after = await settled(stage, 'updated');
    expect(after).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'tripler' });
    expect(after.PendingDeploymentSummary).toBeUndefined();
    expect((await invoke(stage, 'updated', [1])).text).toBe('[3.0]');
    expect(eventsOf('updated', 'Endpoint Deployment').map(({ detail }) => detail.EndpointStatus)).toEqual([
      'UPDATING',
      'IN_SERVICE',
    ]);
  });

  test('a request that is being answered is not cut off', async () => {
    await deploy(stage, 'busy', 'doubler');
    await update('busy', 'tripler');
    const answers: Promise<{ text: string }>[] = [];
    while ((await describeEndpoint(stage, 'busy')).EndpointStatus === 'Updating') {
      answers.push(invoke(stage, 'busy', 'sleep'));
      await new Promise((done) => setTimeout(done, 300));
    }
    const texts = (await Promise.all(answers)).map(({ text }) => text);
    expect(texts.filter((text) => !['2.0', '3.0'].includes(text))).toEqual([]);
  });

  test('a configuration that fails leaves the old one serving, with the reason', async () => {
    await prepare(stage, 'broken', scriptFiles('broken'));
    await deploy(stage, 'steady', 'doubler');
    await update('steady', 'broken');
    const after = await settled(stage, 'steady');
    expect(after).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'doubler' });
    expect(after.FailureReason).toContain('could not convert string to float');
    expect((await invoke(stage, 'steady', [1])).text).toBe('[2.0]');
  });

  test('a real-time endpoint does not become serverless, a serverless one becomes real-time', async () => {
    await configure(stage, 'on-demand', 'doubler', { ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 } });
    await expect(update('serving', 'on-demand')).rejects.toMatchObject({ name: 'ValidationException' });
    await deploy(stage, 'on-demand');
    await update('on-demand', 'doubler');
    expect(await settled(stage, 'on-demand')).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'doubler',
    });
  });

  test('with a deployment configuration the variants keep their names', async () => {
    await configure(stage, 'renamed', 'tripler', { VariantName: 'Other' });
    const policy = { TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 } };
    const DeploymentConfig = { BlueGreenUpdatePolicy: policy };
    await expect(update('serving', 'renamed', { DeploymentConfig })).rejects.toThrow(
      'names of the production variants',
    );
  });
});

describe('several variants', () => {
  test('share requests by weight, and a request may name one', async () => {
    const variant = (VariantName: string, InitialVariantWeight: number) => ({
      VariantName,
      ModelName: VariantName,
      InstanceType: 'ml.m5.large' as const,
      InitialInstanceCount: 1,
      InitialVariantWeight,
    });
    const ProductionVariants = [variant('doubler', 0), variant('tripler', 1)];
    await stage.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'both', ProductionVariants }));
    await deploy(stage, 'both');
    const answer = await invoke(stage, 'both', [1]);
    expect([answer.text, answer.InvokedProductionVariant]).toEqual(['[3.0]', 'tripler']);
    expect((await invoke(stage, 'both', [1], { TargetVariant: 'doubler' })).text).toBe('[2.0]');
    await expect(invoke(stage, 'both', [1], { TargetVariant: 'other' })).rejects.toMatchObject({
      name: 'ValidationError',
    });
  });
});

describe('serverless', () => {
  test('takes 4 MiB, and as many requests at once as it may', async () => {
    await configure(stage, 'lone', 'doubler', { ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 } });
    const endpoint = await deploy(stage, 'lone');
    expect(endpoint.ProductionVariants?.[0]).toMatchObject({
      CurrentServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 },
    });
    await expect(invoke(stage, 'lone', `raw:${' '.repeat(4 * 1024 * 1024 + 1)}`)).rejects.toThrow(
      'less than or equal to 4194304',
    );
    const first = invoke(stage, 'lone', 'sleep');
    await new Promise((done) => setTimeout(done, 200));
    await expect(invoke(stage, 'lone', [1])).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect((await first).text).toBe('2.0');
  });

  test.each([
    ['memory that is no whole number of GB', { ServerlessConfig: { MemorySizeInMB: 1500, MaxConcurrency: 1 } }],
    [
      'more provisioned than there may be',
      { ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1, ProvisionedConcurrency: 2 } },
    ],
    [
      'an instance type beside it',
      { ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 }, InstanceType: 'ml.m5.large' as const },
    ],
    ['neither instances nor a serverless configuration', { InstanceType: undefined }],
    ['a model that is missing', { ModelName: 'missing' }],
  ])('%s is refused', async (_what, variant) => {
    await expect(configure(stage, 'refused', 'doubler', variant)).rejects.toMatchObject({
      name: 'ValidationException',
    });
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
});

describe('deleting an endpoint', () => {
  test('ends its worker, removes its folder, and then there is no such endpoint', async () => {
    await deploy(stage, 'short-lived', 'doubler');
    const { text } = await invoke(stage, 'short-lived', 'leak');
    const { cwd } = JSON.parse(text) as { cwd: string };
    await stage.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'short-lived' }));
    for (let tries = 0; tries < 100; tries += 1) {
      if (!(await describeEndpoint(stage, 'short-lived').catch(() => undefined))) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    await expect(describeEndpoint(stage, 'short-lived')).rejects.toThrow('Could not find endpoint "arn:aws:sagemaker:');
    await expect(invoke(stage, 'short-lived', [1])).rejects.toMatchObject({
      name: 'ValidationError',
      message: `Endpoint short-lived of account ${ACCOUNT} not found.`,
    });
    await expect(readdir(cwd)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
