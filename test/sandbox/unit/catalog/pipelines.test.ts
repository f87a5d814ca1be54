import { mkdtempSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { listPipelines, pipelineReport } from '../../../../sandbox/catalog/pipelines';
import type { SandboxEnv } from '../../../../sandbox/cli/context';
import { startFakeServer } from '../../../support/fake-server';

const aws = startFakeServer();
/** What each action answers, for its input. */
let answers: Record<string, (input: Record<string, unknown>) => unknown>;

const env = (): SandboxEnv => {
  const url = aws.url();
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_SAGEMAKER: url,
    AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: url,
    AWS_ENDPOINT_URL_CODECOMMIT: url,
    AWS_ENDPOINT_URL_CODEBUILD: url,
    AWS_ENDPOINT_URL_CODEPIPELINE: url,
    AWS_ENDPOINT_URL_SERVICE_CATALOG: url,
    MLFLOW_TRACKING_URI: url,
    MLFLOW_SERVER_URI: url,
    AWS_ACCESS_KEY_ID: '111111111111',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    WEBHOOK_URL: url,
    WEBHOOK_SECRET: 'secret',
    STATE_MACHINE_ARN: '',
    ARTIFACT_BUCKET: '',
    REPOSITORIES: '',
    PYTHON: '',
  };
};

const run = (id: string, status: string) => ({
  pipelineExecutionId: id,
  status,
  startTime: 1_700_000_000,
  lastUpdateTime: 1_700_000_010,
  trigger: { triggerType: 'CloudWatchEvent', triggerDetail: 'arn:rule' },
});
const action = (stageName: string, actionName: string, status: string, extra = {}) => ({
  stageName,
  actionName,
  status,
  startTime: stageName === 'Source' ? 1_700_000_000 : 1_700_000_002,
  lastUpdateTime: 1_700_000_005,
  ...extra,
});

beforeEach(() => {
  answers = {
    SearchProvisionedProducts: () => ({ ProvisionedProducts: [{ Name: 'iris', PhysicalId: 'stack' }] }),
    DescribeStacks: () => 'ModelName',
    ListPipelines: () => ({ pipelines: [{ name: 'sagemaker-mlflow-iris-pipeline' }, { name: 'MLflow-MLOps' }] }),
    ListPipelineExecutions: ({ pipelineName }) => ({
      pipelineExecutionSummaries:
        pipelineName === 'MLflow-MLOps' ? [] : [run('two', 'Failed'), run('one', 'Succeeded')],
    }),
    ListActionExecutions: ({ filter }) => {
      const failed = (filter as { pipelineExecutionId: string }).pipelineExecutionId === 'two';
      return {
        actionExecutionDetails: [
          action('Build', 'Synth', failed ? 'Failed' : 'Succeeded', failed ? failure : {}),
          action('Source', 'Source', 'Succeeded'),
        ],
      };
    },
  };
  aws.answer = async (request, response) => {
    const target = request.headers['x-amz-target'];
    const body = await text(request);
    if (typeof target !== 'string') return xml(response, new URLSearchParams(body).get('Action') ?? '');
    const answer = answers[target.split('.')[1] ?? ''];
    response.writeHead(answer ? 200 : 500, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer?.(JSON.parse(body)) ?? { __type: 'NotExpected', message: target }));
  };
});

let failure: object = {};
let stackEvents = '';

function xml(response: ServerResponse, action: string): void {
  const parameter = '<ParameterKey>ModelName</ParameterKey><ParameterValue>iris</ParameterValue>';
  const stack = `<StackName>s</StackName><StackStatus>CREATE_COMPLETE</StackStatus><Parameters><member>${parameter}</member></Parameters>`;
  const results: Readonly<Record<string, string>> = {
    DescribeStacks: `<Stacks><member>${stack}</member></Stacks>`,
    DescribeStackEvents: `<StackEvents>${stackEvents}</StackEvents>`,
  };
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(`<${action}Response><${action}Result>${results[action] ?? ''}</${action}Result></${action}Response>`);
}

const event = (logicalId: string, status: string, reason = '') =>
  `<member><LogicalResourceId>${logicalId}</LogicalResourceId><ResourceStatus>${status}</ResourceStatus><ResourceStatusReason>${reason}</ResourceStatusReason></member>`;

it('lists pipelines with their models, runs, and where a run failed', async () => {
  failure = {};
  const started = new Date(1_700_000_000_000);
  const updated = new Date(1_700_000_010_000);
  const trigger = 'CloudWatchEvent arn:rule';
  expect(await listPipelines(env())).toEqual([
    {
      pipelineName: 'sagemaker-mlflow-iris-pipeline',
      modelName: 'iris',
      runs: [
        { id: 'two', status: 'Failed', stage: 'Build', trigger, started, updated },
        { id: 'one', status: 'Succeeded', trigger, started, updated },
      ],
    },
    { pipelineName: 'MLflow-MLOps', runs: [] },
  ]);
});

it("reports the actions in their order, and the end of a failed build's log", async () => {
  const log = join(mkdtempSync(join(tmpdir(), 'log ')), 'log');
  writeFileSync(log, `${Array.from({ length: 100 }, (_, index) => `line ${index}`).join('\n')}\nError: no such key\n`);
  answers.BatchGetBuilds = ({ ids }) => {
    expect(ids).toEqual(['synth:1']);
    return { builds: [{ id: 'synth:1', logs: { deepLink: pathToFileURL(log).href } }] };
  };
  failure = {
    input: { actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' } },
    output: { executionResult: { externalExecutionId: 'synth:1', errorDetails: { message: 'Build terminated' } } },
  };
  const report = await pipelineReport(env(), 'iris');
  expect(report.modelName).toBe('iris');
  expect(report.actions.get('two')?.map((one) => `${one.stage}/${one.action} ${one.status}`)).toEqual([
    'Source/Source Succeeded',
    'Build/Synth Failed',
  ]);
  const lines = report.failure?.split('\n') ?? [];
  expect(lines[0]).toBe('Build/Synth: Build terminated');
  expect(lines.slice(-2)).toEqual(['Error: no such key', `(${log})`]);
  expect(lines).not.toContain('line 1');
});

it("reports the reasons of a stack's last operation when CloudFormation failed", async () => {
  stackEvents = [
    event('app', 'UPDATE_ROLLBACK_COMPLETE'),
    event('Endpoint', 'CREATE_FAILED', 'ResourceLimitExceeded'),
    event('app', 'UPDATE_IN_PROGRESS'),
    event('Endpoint', 'UPDATE_FAILED', 'of an earlier time'),
  ].join('');
  failure = {
    input: {
      actionTypeId: { category: 'Deploy', owner: 'AWS', provider: 'CloudFormation', version: '1' },
      resolvedConfiguration: { StackName: 'app' },
    },
    output: { executionResult: { externalExecutionSummary: 'Stack app failed' } },
  };
  expect((await pipelineReport(env(), 'iris')).failure).toBe(
    'Build/Synth: Stack app failed\nEndpoint: ResourceLimitExceeded',
  );
});

it('names the models that have a pipeline when the one that is asked for has none', async () => {
  await expect(pipelineReport(env(), 'tulip')).rejects.toThrow(
    'There is no pipeline of tulip. Models that have one: iris.',
  );
});
