import { CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command, PutObjectTaggingCommand } from '@aws-sdk/client-s3';
import { UpdateModelPackageCommand } from '@aws-sdk/client-sagemaker';
import { groupPrefix } from '../../../lambda/shared/packing/content-key';
import { UNUSED_SINCE } from '../../../lambda/shared/packing/unused-mark';
import { enrolModel, unenrolModel } from '../../../sandbox/demo/enrolment';
import { listPackages, type SeenPackage } from '../../../sandbox/demo/packages';
import { call, setTag, transitionStage } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { clientConfig } from '../../../sandbox/deploy/clients';
import { changeAllTheTime } from '../../support/deliveries';
import { Deployment } from '../../support/deployments';
import { allows, grantedActions, type Permitted, permittedOf, recordedCalls } from '../../support/permissions';
import { Rotations } from '../../support/rotations';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

interface Unseen {
  readonly action: string;
  /** Part of the function's name; all functions when not given. */
  readonly of?: string;
  readonly why: string;
}

/** Parts of the names of the functions that CDK's provider framework makes. */
const OF_PROVIDERS = ['Provi', 'mlflow-mlops-create-webhook', 'mlflow-mlops-terminate-deployment'];

/** What is granted although nobody was seen to call it. */
const UNSEEN: readonly Unseen[] = [
  { action: 'logs:CreateLogStream', why: 'Lambda writes the log itself, with the rights of the function' },
  { action: 'logs:PutLogEvents', why: 'likewise' },
  {
    action: 's3:AbortMultipartUpload',
    why: 'after an upload that failed or came second only, see pack-archive.test.ts',
  },
  { action: 's3:GetObject', why: 'SageMaker looks for the archive in the name of who registers it' },
  ...['FunctionsPlan', 'FunctionsCreate'].map((of) => ({
    action: 's3:ListBucket',
    of,
    why: 'for versions whose artifacts are in S3, see artifact-stores.test.ts',
  })),
  { action: 'sagemaker:AddTags', why: 'CreateModelPackageGroup asks for it when it is given tags' },
  ...['codebuild:StartBuild', 'dynamodb:GetItem', 'ecr:BatchGetImage', 'ecr:DescribeImages'].map((action) => ({
    action,
    of: 'FunctionsCreate',
    why: "for environment images; AWS's images serve the models of this life",
  })),
  ...[
    'dynamodb:DeleteItem',
    'dynamodb:GetItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'ecr:BatchDeleteImage',
    'ecr:DescribeImages',
    's3:DeleteObject',
    's3:ListBucket',
    'sagemaker:DescribeModel',
    'sagemaker:DescribeModelPackage',
    'sagemaker:ListModelPackages',
    'sagemaker:ListModels',
    'sqs:SendMessage',
    'states:StartExecution',
  ].map((action) => ({ action, of: 'ImageLifecycle', why: 'after builds, and for images of 30 days' })),
  { action: 'cloudformation:DescribeStackEvents', of: 'Terminate', why: 'for a stack that cannot be deleted' },
  { action: 'sqs:SendMessage', of: 'start-pipeline', why: "Lambda sends what failed for good in the function's name" },
  ...OF_PROVIDERS.map((of) => ({
    action: 'lambda:GetFunction',
    of,
    why: "CDK's provider asks when a function is not ready yet",
  })),
  {
    action: 'lambda:InvokeFunction',
    of: 'TerminateProvider',
    why: "CDK's provider grants it to what tells of a time-out, too",
  },
];

function isUnseen({ name }: Permitted, granted: string): boolean {
  return UNSEEN.some(({ action, of = '' }) => action === granted && name.includes(of));
}

let stage: Stage;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  await stage.model();
}, UP_TIMEOUT_MS);

/** Everything that the functions do: a model is waited for, made, promoted, changed, archived, and enrolled no more. */
const isSuperseded = ({ metadata }: SeenPackage) => metadata.mlflow_superseded_at !== undefined;

/** As if a package had been superseded long ago. */
async function outliveDay(arn: string | undefined): Promise<void> {
  const CustomerMetadataProperties = { mlflow_superseded_at: '2020-01-01T00:00:00.000Z' };
  await stage.aws.sageMaker.send(new UpdateModelPackageCommand({ ModelPackageArn: arn, CustomerMetadataProperties }));
}

async function wholeLife(): Promise<void> {
  const name = stage.name('permitted');
  const group = await enrolModel(stage.aws, `enrolment-${name}`, name);
  const version = await stage.register(name);
  await completePending();
  await transitionStage(stage.env, name, version, 'Staging');
  await stage.untilPackages(group, ([one]) => one?.metadata.mlflow_current_stage === 'Staging');
  // Packed anew, into the group that there is.
  await setTag(stage.env, name, version, 'sagemaker_deploy_flavor', 'sklearn');
  const packages = await stage.untilPackages(group, (all) => all.length === 2 && all.some(isSuperseded));
  await outliveDay(packages.find(isSuperseded)?.arn);
  await stage.sync({ modelName: name, verify: true });
  await call(stage.env, 'PATCH', 'model-versions/update', { name, version, description: 'changed' });
  await stage.sync({});
  const described = (await listPackages(stage.aws, group)).map(({ metadata }) => metadata.mlflow_description);
  expect(described).toEqual(['changed']);
  // A used archive that is marked all the same loses its mark.
  await outliveGrace(group);
  await stage.sync({ modelName: name, verify: true });
  for (let changes = 15; changes <= 240 && !(await successorStarted()); changes *= 2) {
    await changeAllTheTime(stage, name, version, changes);
    await stage.idle();
  }
  await transitionStage(stage.env, name, version, 'Archived');
  await stage.untilPackages(group, ({ length }) => length === 0);
  await outliveGrace(group);
  await stage.sync({ modelName: name, verify: true });
  await rotateSecret();
  // Two hold the enrolment: the first one to go leaves it to the other.
  await enrolModel(stage.aws, `enrolment-${name}-too`, name);
  await unenrolModel(stage.aws, `enrolment-${name}-too`);
  await unenrolModel(stage.aws, `enrolment-${name}`);
  await stage.idle();
  await deployedLife(name, version);
}

/** A deployment that is started by a promotion, and terminated while it runs and has an endpoints' stack. */
async function deployedLife(name: string, version: string): Promise<void> {
  const deployment = await Deployment.provision(stage, name);
  await transitionStage(stage.env, name, version, 'Production');
  await until('a start by the rule', async () =>
    (await recordedCalls(stage.env)).some(({ action }) => action === 'codepipeline:StartPipelineExecution'),
  );
  await stage.aws.cloudFormation.send(
    new CreateStackCommand({
      StackName: deployment.stackName('Staging'),
      TemplateBody: JSON.stringify({ Resources: { Nothing: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } }),
    }),
  );
  await deployment.untilAction('Synth');
  await deployment.terminate();
}

/** Marks all that is packed for a group as unused for longer than it is kept. */
async function outliveGrace(group: string): Promise<void> {
  const Bucket = stage.env.ARTIFACT_BUCKET;
  const { Contents } = await stage.aws.s3.send(new ListObjectsV2Command({ Bucket, Prefix: groupPrefix(group) }));
  const Tagging = { TagSet: [{ Key: UNUSED_SINCE, Value: '2020-01-01T00:00:00.000Z' }] };
  for (const { Key } of Contents ?? []) {
    await stage.aws.s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging }));
  }
}

/** Does at once what the schedule does within a month. */
async function rotateSecret(): Promise<void> {
  const rotations = new Rotations(stage);
  await rotations.rotate();
  await rotations.restore();
}

/** Does at once what the schedule does within a minute. */
async function completePending(): Promise<void> {
  const [pending] = (await permittedOf(stage.env)).filter(({ name }) => name.includes('EnrolmentPending'));
  const lambda = new LambdaClient(clientConfig(stage.env.AWS_ENDPOINT_URL, stage.env.AWS_ACCESS_KEY_ID));
  const { FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: pending?.function, Payload: Buffer.from('{}') }),
  );
  expect(FunctionError).toBeUndefined();
  await stage.idle();
}

async function successorStarted(): Promise<boolean> {
  const calls = await recordedCalls(stage.env);
  return calls.some((one) => one.function.includes('Release') && one.action === 'states:StartExecution');
}

test('each function is granted what it calls, and calls what it is granted', async () => {
  await wholeLife();
  const calls = await recordedCalls(stage.env);
  const functions = await permittedOf(stage.env);
  expect(functions.length).toBeGreaterThanOrEqual(11);
  const seen = (one: Permitted) => calls.filter((made) => made.function === one.function);
  const denied = functions.flatMap((one) =>
    seen(one)
      .filter((made) => !allows(one, made))
      .map(({ action, resource }) => `${one.name}: ${action} on ${resource}`),
  );
  expect(denied).toEqual([]);
  const unused = functions.flatMap((one) =>
    grantedActions(one)
      .filter((action) => !isUnseen(one, action) && !seen(one).some((made) => made.action === action))
      .map((action) => `${one.name}: ${action}`),
  );
  expect(unused).toEqual([]);
  // AWS's own policies allow more than is looked at here: nobody has one but CDK's provider, for its log.
  const managed = functions.filter(
    (one) => one.managed.length > 0 && !OF_PROVIDERS.some((of) => one.name.includes(of)),
  );
  expect(managed.map(({ name, managed: names }) => `${name}: ${names}`)).toEqual([]);
}, 300_000);
