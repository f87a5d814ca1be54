import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Capability,
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Parameter,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { clientConfig } from '../../../../sandbox/deploy/clients';

export const ACCOUNT = '111111111111';

/** A resource of a template. */
export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}
export type Resources = Readonly<Record<string, Resource>>;

/**
 * A function, and a role for it that may do nothing.
 *
 * @param code of `index.js`, which exports `handler`
 * @param properties beside those that each function has
 */
export function nodeFunction(code: string, properties: Readonly<Record<string, unknown>> = {}): Resources {
  return {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: { ZipFile: code },
        ...properties,
      },
    },
  };
}

/** A template of these resources and outputs. */
export function templateOf(Resources: Resources, outputs: Readonly<Record<string, unknown>> = {}): string {
  const Outputs = Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }]));
  return JSON.stringify({ Resources, Outputs });
}

/** Stacks of an account, each operation waited for. */
export class Stacks {
  readonly client: CloudFormationClient;

  constructor(endpoint: string, account = ACCOUNT) {
    this.client = new CloudFormationClient(clientConfig(endpoint, account));
  }

  /** @returns the stack when its creation has ended, well or not */
  async create(StackName: string, TemplateBody: string, Capabilities: Capability[] = []): Promise<Stack> {
    await this.client.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities }));
    return this.settled(StackName);
  }

  async update(
    StackName: string,
    TemplateBody: string,
    Parameters: Parameter[] = [],
    Capabilities: Capability[] = [],
  ): Promise<Stack> {
    await this.client.send(new UpdateStackCommand({ StackName, TemplateBody, Parameters, Capabilities }));
    return this.settled(StackName);
  }

  async delete(StackName: string): Promise<Stack> {
    const { StackId } = await this.describe(StackName);
    await this.client.send(new DeleteStackCommand({ StackName }));
    return this.settled(StackId ?? StackName);
  }

  async describe(StackName: string): Promise<Stack> {
    const { Stacks: [stack] = [] } = await this.client.send(new DescribeStacksCommand({ StackName }));
    if (!stack) {
      throw new Error(`there is no stack ${StackName}`);
    }
    return stack;
  }

  async settled(StackName: string): Promise<Stack> {
    for (;;) {
      const stack = await this.describe(StackName);
      if (!stack.StackStatus?.endsWith('_IN_PROGRESS')) {
        return stack;
      }
      await sleep(50);
    }
  }

  /** `<logical id> <status>` of what happened to a stack, the first first. */
  async history(StackName: string): Promise<string[]> {
    return (await this.events(StackName)).map((event) => `${event.LogicalResourceId} ${event.ResourceStatus}`);
  }

  /** The reasons of what failed, the first first. */
  async failures(StackName: string): Promise<string[]> {
    const events = await this.events(StackName);
    return events.flatMap((event) =>
      event.ResourceStatus?.endsWith('_FAILED') ? (event.ResourceStatusReason ?? '') : [],
    );
  }

  /** The physical ids of all resources that a stack ever had. */
  async physicalIds(StackName: string): Promise<string[]> {
    const ids = (await this.events(StackName)).flatMap(({ PhysicalResourceId: id }) => id ?? []);
    return [...new Set(ids)];
  }

  private async events(StackName: string) {
    const { StackEvents = [] } = await this.client.send(new DescribeStackEventsCommand({ StackName }));
    return StackEvents.reverse();
  }
}

/** The outputs of a stack by their names. */
export function outputsOf(stack: Stack): Record<string, string | undefined> {
  return Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}
