import { Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference';
import type { IConstruct } from 'constructs';
import { acknowledge } from './acknowledge';

interface Statement {
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
}

/**
 * Acknowledges every wildcard in the policies below a construct, as they are now: for policies that CDK writes, and for those
 * whose patterns are their point. cdk-nag wants each wildcard by itself, so one that is added afterwards is found again.
 *
 * @param reason why they stay
 */
export function acknowledgeWildcards(scope: IConstruct, reason: string): void {
  for (const node of scope.node.findAll()) {
    if (!(node instanceof CfnPolicy || node instanceof CfnManagedPolicy)) {
      continue;
    }
    const document = Stack.of(node).resolve(node.policyDocument) as { Statement?: readonly Statement[] };
    for (const { Action = [], Resource = [] } of document.Statement ?? []) {
      const actions = [Action].flat().map((action) => `Action::${action}`);
      const resources = [Resource].flat().map((resource) => `Resource::${flattenCfnReference(resource)}`);
      for (const finding of [...actions, ...resources].filter((text) => text.includes('*'))) {
        acknowledge(node, `IAM5[${finding}]`, reason);
      }
    }
  }
}
