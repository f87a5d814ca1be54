import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  GetTemplateCommand,
  paginateDescribeStackEvents,
  paginateDescribeStacks,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import {
  DescribeModelPackageCommand,
  ListTagsCommand,
  paginateListModelPackageGroups,
  paginateListModelPackages,
} from '@aws-sdk/client-sagemaker';
import { DescribeExecutionCommand, paginateGetExecutionHistory, paginateListExecutions } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { paginateGetParametersByPath, SSMClient } from '@aws-sdk/client-ssm';
import type { SandboxContext } from '../../sandbox/cli/context';
import { clientConfig } from '../../sandbox/deploy/clients';
import { queueUrls, sqsOf } from './queues';
import type { Stage } from './stories';

/** Something that people or machines other than this installation's functions may read. */
export interface Surface {
  readonly kind:
    | 'log'
    | 'execution'
    | 'history'
    | 'message'
    | 'template'
    | 'stack'
    | 'stack event'
    | 'function'
    | 'parameter'
    | 'item'
    | 'package'
    | 'group'
    | 'object';
  readonly where: string;
  readonly text: string;
}

/** Larger objects are archives, whose bytes are the model's. */
const TEXT_MAX_BYTES = 256 * 1024;

/** All that can be read of an account, besides the secrets themselves. */
export async function* surfaces(stage: Stage, { paths }: SandboxContext): AsyncGenerator<Surface> {
  yield* files('log', paths.logs, /\.log$/);
  yield* files('template', paths.cdkOut, /\.json$/);
  yield* executions(stage);
  yield* messages(stage);
  yield* stacks(stage);
  yield* functions(stage);
  yield* parameters(stage);
  yield* items(stage);
  yield* packages(stage);
  yield* objects(stage);
}

function configOf({ env }: Stage) {
  return clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID);
}

function* files(kind: Surface['kind'], folder: string, name: RegExp): Generator<Surface> {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (name.test(file)) {
      yield { kind, where: file, text: readFileSync(join(folder, file), 'utf8') };
    }
  }
}

async function* executions({ aws, env }: Stage): AsyncGenerator<Surface> {
  const client = aws.stepFunctions;
  for await (const page of paginateListExecutions({ client }, { stateMachineArn: env.STATE_MACHINE_ARN })) {
    for (const { executionArn = '' } of page.executions ?? []) {
      const { $metadata: _answer, ...described } = await client.send(new DescribeExecutionCommand({ executionArn }));
      yield { kind: 'execution', where: executionArn, text: JSON.stringify(described) };
      for await (const { events } of paginateGetExecutionHistory({ client }, { executionArn })) {
        yield { kind: 'history', where: executionArn, text: JSON.stringify(events) };
      }
    }
  }
}

/** What is in the queues stays there. */
async function* messages(stage: Stage): AsyncGenerator<Surface> {
  const client = sqsOf(stage);
  for await (const QueueUrl of queueUrls(client)) {
    const seen = new Set<string>();
    for (let fresh = true; fresh; ) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          // Long enough that the next answer has others.
          VisibilityTimeout: 5,
          MessageAttributeNames: ['All'],
        }),
      );
      fresh = Messages.some(({ MessageId = '' }) => !seen.has(MessageId));
      for (const message of Messages) {
        seen.add(message.MessageId ?? '');
        yield { kind: 'message', where: QueueUrl, text: JSON.stringify(message) };
      }
    }
  }
}

async function* stacks(stage: Stage): AsyncGenerator<Surface> {
  const client = new CloudFormationClient(configOf(stage));
  for await (const page of paginateDescribeStacks({ client }, {})) {
    for (const stack of page.Stacks ?? []) {
      const where = stack.StackName ?? '';
      yield { kind: 'stack', where, text: JSON.stringify(stack) };
      const { TemplateBody = '' } = await client.send(new GetTemplateCommand({ StackName: where }));
      yield { kind: 'template', where, text: TemplateBody };
      for await (const { StackEvents } of paginateDescribeStackEvents({ client }, { StackName: where })) {
        yield { kind: 'stack event', where, text: JSON.stringify(StackEvents) };
      }
    }
  }
}

async function* functions(stage: Stage): AsyncGenerator<Surface> {
  for await (const { Functions } of paginateListFunctions({ client: new LambdaClient(configOf(stage)) }, {})) {
    for (const configuration of Functions ?? []) {
      yield { kind: 'function', where: configuration.FunctionName ?? '', text: JSON.stringify(configuration) };
    }
  }
}

async function* parameters(stage: Stage): AsyncGenerator<Surface> {
  const pages = paginateGetParametersByPath(
    { client: new SSMClient(configOf(stage)) },
    { Path: '/', Recursive: true, WithDecryption: true },
  );
  for await (const { Parameters } of pages) {
    for (const parameter of Parameters ?? []) {
      yield { kind: 'parameter', where: parameter.Name ?? '', text: JSON.stringify(parameter) };
    }
  }
}

async function* items(stage: Stage): AsyncGenerator<Surface> {
  const client = new DynamoDBClient(configOf(stage));
  for await (const { TableNames } of paginateListTables({ client }, {})) {
    for (const TableName of TableNames ?? []) {
      for await (const { Items } of paginateScan({ client }, { TableName })) {
        for (const item of Items ?? []) {
          yield { kind: 'item', where: TableName, text: JSON.stringify(item) };
        }
      }
    }
  }
}

async function* packages({ aws }: Stage): AsyncGenerator<Surface> {
  const client = aws.sageMaker;
  for await (const page of paginateListModelPackageGroups({ client }, {})) {
    for (const group of page.ModelPackageGroupSummaryList ?? []) {
      const { Tags } = await client.send(new ListTagsCommand({ ResourceArn: group.ModelPackageGroupArn }));
      yield { kind: 'group', where: group.ModelPackageGroupName ?? '', text: JSON.stringify([group, Tags]) };
      const { ModelPackageGroupName } = group;
      for await (const { ModelPackageSummaryList } of paginateListModelPackages(
        { client },
        { ModelPackageGroupName },
      )) {
        for (const { ModelPackageArn: where = '' } of ModelPackageSummaryList ?? []) {
          const described = await client.send(new DescribeModelPackageCommand({ ModelPackageName: where }));
          yield { kind: 'package', where, text: JSON.stringify({ ...described, $metadata: undefined }) };
        }
      }
    }
  }
}

async function* objects({ aws, env }: Stage): AsyncGenerator<Surface> {
  const Bucket = env.ARTIFACT_BUCKET;
  for await (const { Contents } of paginateListObjectsV2({ client: aws.s3 }, { Bucket })) {
    for (const { Key = '', Size = 0 } of Contents ?? []) {
      const whole = Size <= TEXT_MAX_BYTES && !Key.endsWith('.tar.gz');
      const { Body } = whole ? await aws.s3.send(new GetObjectCommand({ Bucket, Key })) : {};
      yield { kind: 'object', where: Key, text: `${Key}\n${(await Body?.transformToString()) ?? ''}` };
    }
  }
}
