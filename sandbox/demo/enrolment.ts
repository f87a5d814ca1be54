import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import type { Aws } from './aws';
import { until } from './until';

const SERVICE_TOKEN_PARAMETER = '/mlflow-mlops/create_webhook_lambda_arn';

/**
 * Enrols a model in the way of all stacks: with the custom resource whose service token is in SSM.
 *
 * @returns the resource's attribute `GroupName`
 */
export async function enrolModel(aws: Aws, stackName: string, modelName: string): Promise<string> {
  const [group = ''] = await enrolModels(aws, stackName, [modelName]);
  return group;
}

/**
 * Enrols several models in one stack.
 *
 * @returns their groups, in the order of the names
 */
export async function enrolModels(aws: Aws, stackName: string, modelNames: readonly string[]): Promise<string[]> {
  const { Parameter } = await aws.ssm.send(new GetParameterCommand({ Name: SERVICE_TOKEN_PARAMETER }));
  const resources = modelNames.map((ModelName, index) => [
    `Enrolment${index}`,
    { Type: 'AWS::CloudFormation::CustomResource', Properties: { ServiceToken: Parameter?.Value, ModelName } },
  ]);
  const outputs = modelNames.map((_name, index) => [
    `GroupName${index}`,
    { Value: { 'Fn::GetAtt': [`Enrolment${index}`, 'GroupName'] } },
  ]);
  const template = { Resources: Object.fromEntries(resources), Outputs: Object.fromEntries(outputs) };
  await aws.cloudFormation.send(
    new CreateStackCommand({ StackName: stackName, TemplateBody: JSON.stringify(template) }),
  );
  const stack = await until(`stack ${stackName}`, async () => {
    const { Stacks } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
    return Stacks?.[0]?.StackStatus?.endsWith('_IN_PROGRESS') ? undefined : Stacks?.[0];
  });
  if (stack.StackStatus !== 'CREATE_COMPLETE') {
    throw new Error(
      `enrolling ${modelNames.join(', ')}: stack is ${stack.StackStatus}: ${await reasonOf(aws, stackName)}`,
    );
  }
  return modelNames.map(
    (_name, index) => stack.Outputs?.find(({ OutputKey }) => OutputKey === `GroupName${index}`)?.OutputValue ?? '',
  );
}

/** Deletes the stack that {@link enrolModel} made, which takes the enrolment back. */
export async function unenrolModel(aws: Aws, stackName: string): Promise<void> {
  await aws.cloudFormation.send(new DeleteStackCommand({ StackName: stackName }));
  await until(`deletion of stack ${stackName}`, async () => {
    try {
      const { Stacks } = await aws.cloudFormation.send(new DescribeStacksCommand({ StackName: stackName }));
      return Stacks?.[0]?.StackStatus === 'DELETE_COMPLETE' || Stacks?.length === 0;
    } catch (error) {
      if (error instanceof Error && /does not exist/.test(error.message)) {
        return true;
      }
      throw error;
    }
  });
}

async function reasonOf(aws: Aws, stackName: string): Promise<string> {
  const { StackEvents } = await aws.cloudFormation.send(new DescribeStackEventsCommand({ StackName: stackName }));
  const failed = StackEvents?.find(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'));
  return failed?.ResourceStatusReason ?? 'no reason given';
}
