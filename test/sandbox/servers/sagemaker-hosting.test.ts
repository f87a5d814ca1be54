import { CreateEndpointCommand, CreateEndpointConfigCommand, ListEndpointsCommand } from '@aws-sdk/client-sagemaker';
import { configure, deploy, describeEndpoint, invoke, prepare, scriptFiles } from './sagemaker/hosting';
import { IMAGE, openStage, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

/** A variable by which this machine reaches a package index. */
const SECRET = 'hunter2';

let stage: Stage;
beforeAll(async () => {
  process.env.UV_INDEX_PRIVATE_PASSWORD = SECRET;
  stage = await openStage();
  delete process.env.UV_INDEX_PRIVATE_PASSWORD;
  await prepare(stage, 'doubler', scriptFiles('2'));
});
afterAll(() => stage.close());

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
    expect(text).not.toContain(SECRET);
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

  test('its name is taken, and it is listed', async () => {
    const again = new CreateEndpointCommand({ EndpointName: 'serving', EndpointConfigName: 'doubler' });
    await expect(stage.sagemaker.send(again)).rejects.toThrow(
      'Cannot create already existing endpoint "arn:aws:sagemaker:',
    );
    const { Endpoints } = await stage.sagemaker.send(new ListEndpointsCommand({}));
    expect(Endpoints).toMatchObject([{ EndpointName: 'serving', EndpointStatus: 'InService' }]);
  });

  test('starts when the model is loaded after the first ping', async () => {
    const slow = 'import time\ndef model_fn(folder):\n  time.sleep(3)\n  return 1\n';
    await prepare(stage, 'slow', { 'code/inference.py': slow });
    expect(await deploy(stage, 'slow')).toMatchObject({ EndpointStatus: 'InService' });
  });

  test('several variants and a request for one are refused by name', async () => {
    const variant = (VariantName: string) => ({
      VariantName,
      ModelName: 'doubler',
      InstanceType: 'ml.m5.large' as const,
      InitialInstanceCount: 1,
    });
    const config = { EndpointConfigName: 'both', ProductionVariants: [variant('one'), variant('two')] };
    await expect(stage.sagemaker.send(new CreateEndpointConfigCommand(config))).rejects.toThrow(
      "sandbox's SageMaker does not have several production variants",
    );
    await expect(invoke(stage, 'serving', [1], { TargetVariant: 'AllTraffic' })).rejects.toThrow('TargetVariant');
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
