import { type CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';

/**
 * Acknowledges a finding of cdk-nag's AwsSolutions rules for a construct and what is below it. An acknowledgement stands
 * beside the construct that causes it.
 *
 * @param rule without the pack's name, for example `SQS3` or `IAM5[Resource::*]`
 * @param reason why it stays as it is
 */
export function acknowledge(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

/** The wildcard behind a function's ARN that CDK grants so that any version or alias can be invoked. */
export function acknowledgeInvoke(scope: IConstruct, ...functions: readonly LambdaFunction[]): void {
  for (const target of functions) {
    const id = Stack.of(target).resolve(
      Stack.of(target).getLogicalId(target.node.defaultChild as CfnResource),
    ) as string;
    acknowledge(scope, `IAM5[Resource::<${id}.Arn>:*]`, 'The wildcard stands for versions of this one function.');
  }
}

/** The wildcard of a right to the objects of a folder of a bucket. */
export function acknowledgeObjects(scope: IConstruct, bucket: Bucket, pattern: string, reason: string): void {
  const id = Stack.of(bucket).resolve(Stack.of(bucket).getLogicalId(bucket.node.defaultChild as CfnResource)) as string;
  acknowledge(scope, `IAM5[Resource::<${id}.Arn>/${pattern}]`, reason);
}

/** What CDK's provider framework makes by itself around a custom resource's function. */
export function acknowledgeProvider(provider: IConstruct): void {
  acknowledge(
    provider,
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    "CDK's provider framework makes this role; its log group is the one given to it.",
  );
}
