import { Aws, type IAspect, Stack } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Limits what policies allow in S3 to buckets of this account. Names of buckets can be predicted, and a bucket of such a name could
 * be in another account.
 */
export class OwnBucketsOnly implements IAspect {
  /** @param theirs the bucket of a registry, which may be in any account */
  constructor(private readonly theirs: string | undefined) {}

  visit(node: IConstruct): void {
    if (!(node instanceof CfnPolicy)) {
      return;
    }
    const document = Stack.of(node).resolve(node.policyDocument) as { Statement: readonly Statement[] };
    node.policyDocument = { ...document, Statement: document.Statement.map((one) => this.limited(one)) };
  }

  private limited(one: Statement): Statement {
    const isS3 = [one.Action].flat().every((action) => action.startsWith('s3:'));
    if (one.Effect !== 'Allow' || !isS3 || this.isTheirs(one.Resource)) {
      return one;
    }
    const { StringEquals, ...others } = one.Condition ?? {};
    return {
      ...one,
      Condition: { ...others, StringEquals: { ...StringEquals, 'aws:ResourceAccount': Aws.ACCOUNT_ID } },
    };
  }

  private isTheirs(resource: unknown): boolean {
    return this.theirs !== undefined && new RegExp(`:s3:::${this.theirs}["/]`).test(JSON.stringify(resource));
  }
}
