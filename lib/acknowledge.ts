import { Stack, Validations } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference';
import type { IConstruct } from 'constructs';

/**
 * Acknowledges a finding of cdk-nag's AwsSolutions rules for a construct and what is below it. An acknowledgement stands
 * beside the construct that causes it.
 *
 * @param rule without the pack's name, for example `SQS3` or `IAM4[Policy::...]`
 * @param reason why it stays as it is
 */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

/** Reasons of wildcards by a part of the resource, as cdk-nag writes it. The first that fits counts; `*` is only the whole. */
export type WildcardReasons = Readonly<Record<string, string>>;

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** Metadata of a policy: the reasons of its wildcards, by resource. `npm run docs:wildcards` reads it. */
export const WILDCARDS = 'mlflow-mlops:wildcards';

/** The versions of a function, which CDK grants with the function itself. */
export const FUNCTION_VERSIONS = {
  '.Arn>:*': 'CDK also grants the versions of a function. These functions have none.',
};

/** The reason for a resource, or undefined where there is none. */
export function reasonFor(reasons: WildcardReasons, resource: string): string | undefined {
  return Object.entries(reasons).find(([key]) => key === resource || (key !== '*' && resource.includes(key)))?.[1];
}

/** The resources of a statement with a wildcard, as cdk-nag writes them; all of them where an action has one. */
export function wildcardsOf({ Action, Resource }: Statement): string[] {
  const all = [Action].flat().some((action) => action.includes('*'));
  const resources = [Resource].flat().map(flattenCfnReference);
  return all ? resources : resources.filter((resource) => /[*?]/.test(resource));
}

/** Acknowledges the wildcards that have a reason here, in the policies below a construct as they are now. */
export function acknowledgeWildcards(scope: IConstruct, reasons: WildcardReasons): void {
  for (const node of scope.node.findAll()) {
    if (!(node instanceof CfnPolicy || node instanceof CfnManagedPolicy)) {
      continue;
    }
    const { Statement = [] } = Stack.of(node).resolve(node.policyDocument) as { Statement?: readonly Statement[] };
    for (const statement of Statement) {
      const actions = [statement.Action].flat().map((action) => `Action::${action}`);
      for (const resource of wildcardsOf(statement)) {
        const reason = reasonFor(reasons, resource);
        if (reason !== undefined) {
          node.addMetadata(WILDCARDS, { ...node.getMetadata(WILDCARDS), [resource]: reason });
          for (const finding of [`Resource::${resource}`, ...actions]) {
            acknowledge(node, `IAM5[${finding}]`, reason);
          }
        }
      }
    }
  }
}

/** What CDK's provider framework makes by itself around a custom resource's function. */
export function acknowledgeProvider(provider: IConstruct): void {
  acknowledgeWildcards(provider, FUNCTION_VERSIONS);
  acknowledge(
    provider,
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    "CDK's provider framework makes this role; its log group is the one given to it.",
  );
}
