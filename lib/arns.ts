import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** `arn:...:<service>:<region>:<account>:<resource>/<name>` */
export function arn(scope: Construct, service: string, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({ service, resource, resourceName });
}

/** `arn:...:<service>:<region>:<account>:<name>`, of services whose names stand alone */
export function plainArn(scope: Construct, service: string, name: string): string {
  return Stack.of(scope).formatArn({ service, resource: name, arnFormat: ArnFormat.NO_RESOURCE_NAME });
}

/** `arn:...:<service>:<region>:<account>:<resource>:<name>` */
export function colonArn(scope: Construct, service: string, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
}

/** ARN of a role of this account. */
export function roleArn(name: string): string {
  return `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/${name}`;
}

/** ARN of a bucket. */
export function bucketArn(name: string): string {
  return `arn:${Aws.PARTITION}:s3:::${name}`;
}

/** A statement that allows actions of one service. */
export function allow(service: string, actions: readonly string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions: actions.map((action) => `${service}:${action}`), resources });
}
