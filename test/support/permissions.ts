import {
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { Call } from '../../sandbox/aws-json/calls';
import type { SandboxEnv } from '../../sandbox/cli/context';
import { clientConfig } from '../../sandbox/deploy/clients';
import { covers } from './policies';

/** One statement of a policy, as IAM has it. */
interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
}

/** A deployed function with what its role allows. */
export interface Permitted {
  /** ARN. */
  readonly function: string;
  readonly name: string;
  readonly statements: readonly Statement[];
  /** Names of AWS's own policies that the role has. */
  readonly managed: readonly string[];
}

/** The deployed functions of an account and their roles' policies, read through the public clients. */
export async function permittedOf(env: SandboxEnv): Promise<Permitted[]> {
  const config = clientConfig(env.AWS_ENDPOINT_URL, env.AWS_ACCESS_KEY_ID);
  const iam = new IAMClient(config);
  const permitted: Permitted[] = [];
  for await (const { Functions } of paginateListFunctions({ client: new LambdaClient(config) }, {})) {
    for (const { FunctionArn = '', FunctionName = '', Role = '' } of Functions ?? []) {
      const RoleName = Role.split('/').at(-1) ?? '';
      const statements: Statement[] = [];
      for await (const { PolicyNames } of paginateListRolePolicies({ client: iam }, { RoleName })) {
        for (const PolicyName of PolicyNames ?? []) {
          const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
          const document = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: Statement[] };
          statements.push(...document.Statement);
        }
      }
      const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
      const managed = (AttachedPolicies ?? []).map(({ PolicyName = '' }) => PolicyName);
      permitted.push({ function: FunctionArn, name: FunctionName, statements, managed });
    }
  }
  return permitted;
}

/** The calls that functions of any account were seen to make since the sandbox came up, at both endpoints. */
export async function recordedCalls(env: SandboxEnv): Promise<Call[]> {
  const endpoints = [env.AWS_ENDPOINT_URL, env.AWS_ENDPOINT_URL_SAGEMAKER, env.AWS_ENDPOINT_URL_CODEPIPELINE];
  const lists = await Promise.all(
    endpoints.map(async (endpoint) => {
      const response = await fetch(`${endpoint}/_sandbox/calls`);
      return ((await response.json()) as { calls: Call[] }).calls;
    }),
  );
  return lists.flat();
}

/** Whether a role's policies allow a call; one whose resource is not known needs the action on any. */
export function allows({ statements }: Permitted, { action, resource }: Call): boolean {
  return statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' &&
      [Action].flat().some((pattern) => covers(pattern, action)) &&
      (resource === '*' || [Resource].flat().some((pattern) => covers(pattern, resource))),
  );
}

/** The actions that a role's policies allow. */
export function grantedActions({ statements }: Permitted): string[] {
  return [...new Set(statements.flatMap(({ Action }) => Action))];
}
