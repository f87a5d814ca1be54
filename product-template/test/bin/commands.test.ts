import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Answer, type Call, FakeAws } from '../support/fake-aws';
import { aPackage, GROUP, packageArn } from '../support/fixtures';

/*
 * The commands of the pipeline's build, as it runs them: processes of their own, with AWS at the other end. They run side by side,
 * since one of them waits for seconds.
 */

const TSX = require.resolve('tsx/cli');
const BIN = join(__dirname, '..', '..', 'bin');

interface Run {
  readonly code: number;
  readonly out: string;
  readonly folder: string;
}

async function run(command: string, env: Record<string, string>): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'command-'));
  const child = spawn(process.execPath, [TSX, join(BIN, `${command}.ts`)], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...env,
    },
  });
  const code = new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out: out + err, folder };
}

async function withAws<T>(answer: (call: Call) => Answer, body: (aws: FakeAws) => Promise<T>): Promise<T> {
  const aws = await FakeAws.start(answer);
  try {
    return await body(aws);
  } finally {
    await aws.stop();
  }
}

const approved = ({ action }: Call): Answer =>
  action === 'ListModelPackages'
    ? { body: { ModelPackageSummaryList: [{ ModelPackageArn: packageArn(3) }] } }
    : {
        body: {
          ModelApprovalStatus: 'Approved',
          CustomerMetadataProperties: aPackage(3, '2', 'Staging').metadata,
        },
      };

test.concurrent('read-registry writes what it found to the folder that it runs in, and says what will be deployed', async () => {
  const { code, out, folder } = await withAws(approved, (aws) =>
    run('read-registry', { GROUP_NAME: GROUP, AWS_ENDPOINT_URL_SAGEMAKER: aws.url }),
  );
  expect(out).toContain(`churn: 1 approved package(s)\n  Staging: version 2 (${packageArn(3)})\n`);
  expect(code).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, 'model-packages.json'), 'utf8'))).toEqual({
    groupName: GROUP,
    packages: [aPackage(3, '2', 'Staging')],
  });
}, 30_000);

test.concurrent('read-registry fails, and writes nothing, when it may not read', async () => {
  const denied = { status: 400, body: { __type: 'AccessDeniedException', message: 'not authorized' } };
  const { code, out, folder } = await withAws(
    () => denied,
    (aws) => run('read-registry', { GROUP_NAME: GROUP, AWS_ENDPOINT_URL_SAGEMAKER: aws.url }),
  );
  expect({ code, out }).toEqual({
    code: 1,
    out: expect.stringContaining('the SageMaker Model Registry cannot be read: not authorized'),
  });
  expect(() => readFileSync(join(folder, 'model-packages.json'))).toThrow('ENOENT');
}, 30_000);

test.concurrent('clear-failed-stacks deletes the stack that rolled back, and leaves the other alone', async () => {
  const states = new Map([
    ['sagemaker-mlflow-churn-StagingStack-ModelDeploy', 'ROLLBACK_COMPLETE'],
    ['sagemaker-mlflow-churn-ProductionStack-ModelDeploy', 'UPDATE_COMPLETE'],
  ]);
  const cloudFormation = ({ action, input }: Call): Answer => {
    const name = String(input.StackName);
    const status = states.get(name);
    if (action === 'DeleteStack') {
      states.delete(name);
      return { body: '<DeleteStackResponse/>' };
    }
    return status === undefined
      ? {
          status: 400,
          body: `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
        }
      : {
          body: `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
        };
  };
  const { code, out } = await withAws(cloudFormation, (aws) =>
    run('clear-failed-stacks', { GROUP_NAME: GROUP, AWS_ENDPOINT_URL_CLOUDFORMATION: aws.url }),
  );
  expect(out).toContain(
    'sagemaker-mlflow-churn-StagingStack-ModelDeploy: ROLLBACK_COMPLETE; deleting it, for it cannot be updated\n' +
      'sagemaker-mlflow-churn-StagingStack-ModelDeploy: gone\n' +
      'sagemaker-mlflow-churn-ProductionStack-ModelDeploy: UPDATE_COMPLETE, nothing to do\n',
  );
  expect(code).toBe(0);
  expect([...states.values()]).toEqual(['UPDATE_COMPLETE']);
}, 30_000);

test.concurrent('each of them says what it lacks, without a stack trace', async () => {
  const [deployment, reading, clearing] = await Promise.all([
    run('deployment', { GROUP_NAME: GROUP, STACK_NAME: 'S' }),
    run('read-registry', {}),
    run('clear-failed-stacks', { GROUP_NAME: 'A' }),
  ]);
  expect(deployment).toMatchObject({ code: 1, out: expect.stringMatching(/^\S+inference\.yaml is missing: .*\n$/) });
  expect(reading).toMatchObject({ code: 1, out: expect.stringContaining('GROUP_NAME is ""') });
  expect(clearing).toMatchObject({ code: 1, out: expect.stringContaining('GROUP_NAME is "A"') });
}, 60_000);
