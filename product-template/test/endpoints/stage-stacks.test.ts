import { Match } from 'aws-cdk-lib/assertions';
import { aPackage, packageArn } from '../support/fixtures';
import { type Resource, stageTemplate } from '../support/synth';

const MODEL = 'AWS::SageMaker::Model';
const CONFIG = 'AWS::SageMaker::EndpointConfig';
const ENDPOINT = 'AWS::SageMaker::Endpoint';

const REAL_TIME = '{InstanceType: ml.c5.xlarge, InstanceCount: 3}';
const SERVERLESS = '{ServerlessMaxConcurrency: 7, ServerlessSizeInMB: 4096}';
const inference = (staging: string, production = SERVERLESS) => `Staging: ${staging}\nProduction: ${production}`;

/** Every resource of the types that belong to an endpoint. */
function resources(template: ReturnType<typeof stageTemplate>): Record<string, Resource> {
  const of = (type: string) => template.findResources(type) as unknown as Record<string, Resource>;
  return { ...of(MODEL), ...of(CONFIG), ...of(ENDPOINT) };
}

test('a real-time endpoint: model from the package, configuration, endpoint, each made for the next', () => {
  const template = stageTemplate('Staging', [aPackage(4, '2', 'Staging')], inference(REAL_TIME));
  template.hasResourceProperties(MODEL, {
    Containers: [{ ModelPackageName: packageArn(4) }],
    ExecutionRoleArn: {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':iam::',
          { Ref: 'AWS::AccountId' },
          ':role/mlflow-mlops-endpoint-',
          { Ref: 'AWS::Region' },
        ],
      ],
    },
    ModelName: Match.absent(),
  });
  template.hasResourceProperties(CONFIG, {
    ProductionVariants: [
      {
        VariantName: 'AllTraffic',
        ModelName: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Version2Model'), 'ModelName'] },
        InitialVariantWeight: 1,
        InstanceType: 'ml.c5.xlarge',
        InitialInstanceCount: 3,
        ModelDataDownloadTimeoutInSeconds: 1800,
        ContainerStartupHealthCheckTimeoutInSeconds: 900,
        VolumeSizeInGB: Match.absent(),
      },
    ],
    DataCaptureConfig: Match.absent(),
    EndpointConfigName: Match.absent(),
  });
  template.hasResourceProperties(ENDPOINT, {
    EndpointName: 'churn-2-staging',
    EndpointConfigName: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Version2EndpointConfig'), 'EndpointConfigName'] },
  });
});

test('a serverless endpoint', () => {
  const template = stageTemplate('Production', [aPackage(4, '2', 'Production')]);
  template.hasResourceProperties(CONFIG, {
    ProductionVariants: [
      {
        VariantName: 'AllTraffic',
        ModelName: Match.anyValue(),
        InitialVariantWeight: 1,
        ServerlessConfig: { MaxConcurrency: 2, MemorySizeInMB: 1024 },
      },
    ],
  });
  template.hasResourceProperties(ENDPOINT, { EndpointName: 'churn-2-production' });
});

describe('the disk of a model', () => {
  const sized = (gigabytes: number) =>
    aPackage(4, '2', 'Staging', { metadata: { mlflow_mlops_bytes: String(gigabytes * 1024 ** 3) } });
  const variant = (gigabytes: number, endpoint: string) => {
    const template = stageTemplate('Staging', [sized(gigabytes)], inference(endpoint));
    const [config] = Object.values(template.findResources(CONFIG));
    return config?.Properties.ProductionVariants[0];
  };

  test.each([
    ['the default volume holds a small model', 10, '{InstanceType: ml.m5.large}', undefined],
    ['a larger model gets a volume for its archive and its files', 20, '{InstanceType: ml.m5.large}', 45],
    ['no volume is larger than 512 GB', 400, '{InstanceType: ml.c5.xlarge}', 512],
    ['an instance type with a local disk gets none', 20, '{InstanceType: ml.g5.xlarge}', undefined],
    ['nor one with a d in its family', 20, '{InstanceType: ml.m5dn.large}', undefined],
    ['a family with a d elsewhere does', 20, '{InstanceType: ml.inf2.xlarge}', 45],
    ['a serverless endpoint gets none', 20, SERVERLESS, undefined],
  ])('%s', (_what, gigabytes, endpoint, volume) => {
    expect(variant(gigabytes, endpoint)?.VolumeSizeInGB).toBe(volume);
  });
});

test('time-outs of the file', () => {
  const file = inference('{InstanceType: ml.m5.large, Timeouts: {ModelDownloadSeconds: 3600, StartupSeconds: 120}}');
  stageTemplate('Staging', [aPackage(4, '2', 'Staging')], file).hasResourceProperties(CONFIG, {
    ProductionVariants: [
      Match.objectLike({
        ModelDataDownloadTimeoutInSeconds: 3600,
        ContainerStartupHealthCheckTimeoutInSeconds: 120,
      }),
    ],
  });
});

test('what a real-time endpoint is asked and answers is captured where the file says so', () => {
  const file = inference('{InstanceType: ml.m5.large, CaptureDestinationS3Uri: "s3://my-bucket/capture"}');
  stageTemplate('Staging', [aPackage(4, '2', 'Staging')], file).hasResourceProperties(CONFIG, {
    DataCaptureConfig: {
      EnableCapture: true,
      InitialSamplingPercentage: 100,
      DestinationS3Uri: 's3://my-bucket/capture',
      CaptureOptions: [{ CaptureMode: 'Input' }, { CaptureMode: 'Output' }],
      CaptureContentTypeHeader: { CsvContentTypes: ['text/csv'], JsonContentTypes: ['application/json'] },
    },
  });
});

test('containers have a network, unless the file says that they are isolated', () => {
  const isolated = (more: string) =>
    stageTemplate('Staging', [aPackage(4, '2', 'Staging')], inference(`{InstanceType: ml.m5.large${more}}`));
  isolated(', EnableNetworkIsolation: true').hasResourceProperties(MODEL, { EnableNetworkIsolation: true });
  for (const more of ['', ', EnableNetworkIsolation: false']) {
    isolated(more).hasResourceProperties(MODEL, { EnableNetworkIsolation: Match.absent() });
  }
});

test('another role for the container', () => {
  const role = 'arn:aws:iam::111122223333:role/mlflow-mlops-endpoint-mine';
  const file = inference(`{InstanceType: ml.m5.large, ExecutionRoleArn: "${role}"}`);
  stageTemplate('Staging', [aPackage(4, '2', 'Staging')], file).hasResourceProperties(MODEL, {
    ExecutionRoleArn: role,
  });
});

test('two versions in one environment have an endpoint each', () => {
  const template = stageTemplate('Staging', [aPackage(4, '2', 'Staging'), aPackage(5, '10', 'Staging')]);
  template.resourceCountIs(ENDPOINT, 2);
  template.resourceCountIs(CONFIG, 2);
  template.resourceCountIs(MODEL, 2);
  template.hasResourceProperties(ENDPOINT, { EndpointName: 'churn-2-staging' });
  template.hasResourceProperties(ENDPOINT, { EndpointName: 'churn-10-staging' });
});

test('an environment without versions is one resource that is nothing', () => {
  const { Resources } = stageTemplate('Production', [aPackage(4, '2', 'Staging')]).toJSON();
  expect(Object.values(Resources)).toEqual([{ Type: 'AWS::CloudFormation::WaitConditionHandle' }]);
});

test('names and ARNs of the endpoints are outputs that carry the version', () => {
  const { Outputs } = stageTemplate('Staging', [aPackage(4, '2', 'Staging'), aPackage(5, '10', 'Staging')]).toJSON();
  expect(Object.keys(Outputs).sort()).toEqual([
    'Version10EndpointArn',
    'Version10EndpointName',
    'Version2EndpointArn',
    'Version2EndpointName',
  ]);
  expect(Outputs.Version2EndpointName.Value).toEqual({
    'Fn::GetAtt': [expect.stringMatching(/^Version2Endpoint[0-9A-F]{8}$/), 'EndpointName'],
  });
  expect(Outputs.Version2EndpointArn.Value).toEqual({ Ref: expect.stringMatching(/^Version2Endpoint[0-9A-F]{8}$/) });
});

test('tags on model, configuration and endpoint lead back to model, version, run and environment, as the package has them', () => {
  const encoded = { mlflow_name: 'a=5Fb', mlflow_run_id: 'r1' };
  const template = stageTemplate('Staging', [aPackage(4, '2', 'Staging', { metadata: encoded })]);
  for (const { Properties } of Object.values(resources(template))) {
    expect(Properties.Tags).toEqual([
      { Key: 'mlflow_environment', Value: 'Staging' },
      { Key: 'mlflow_name', Value: 'a=5Fb' },
      { Key: 'mlflow_run_id', Value: 'r1' },
      { Key: 'mlflow_version', Value: '2' },
    ]);
  }
});

describe('what CloudFormation makes of a change', () => {
  const staging = [aPackage(4, '2', 'Staging')];
  /** Ids of the resources that differ in anything. */
  const changed = (before: Record<string, Resource>, after: Record<string, Resource>) =>
    Object.keys({ ...before, ...after })
      .filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]))
      .map((id) => (after[id] ?? before[id])?.Type);

  test('another instance type: a new configuration, by which the endpoint is updated in place', () => {
    const before = resources(stageTemplate('Staging', staging));
    const after = resources(stageTemplate('Staging', staging, inference(REAL_TIME)));
    expect(changed(before, after)).toEqual([CONFIG]);
  });

  test('another package of the version: a new model, which the same endpoint gets', () => {
    const before = resources(stageTemplate('Staging', staging));
    const after = resources(stageTemplate('Staging', [aPackage(5, '2', 'Staging')]));
    expect(changed(before, after)).toEqual([MODEL]);
  });

  test('real-time to serverless: the same endpoint by another name, which CloudFormation replaces', () => {
    const before = resources(stageTemplate('Staging', staging));
    const after = resources(stageTemplate('Staging', staging, inference(SERVERLESS)));
    expect(changed(before, after)).toEqual([CONFIG, ENDPOINT]);
    const name = (all: Record<string, Resource>) =>
      Object.values(all).find(({ Type }) => Type === ENDPOINT)?.Properties.EndpointName;
    expect([name(before), name(after)]).toEqual(['churn-2-staging', 'churn-2-staging-serverless']);
  });

  test('another version beside it: nothing that was there changes', () => {
    const before = resources(stageTemplate('Staging', staging));
    const after = resources(stageTemplate('Staging', [...staging, aPackage(1, '1', 'Staging')]));
    expect(after).toMatchObject(before);
    expect(changed(before, after).sort()).toEqual([ENDPOINT, CONFIG, MODEL]);
  });
});
