import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointCommand,
  paginateListEndpoints,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { endpointRoleName } from '../../product-template/lib/names';
import { REGION } from '../deploy/accounts';
import type { Aws } from './aws';
import { until } from './until';

/** Any role's ARN: the stand-in does not check whether it exists. */
const ROLE = `arn:aws:iam::111111111111:role/${endpointRoleName(REGION)}`;

/** The names of a group's endpoints, in alphabetical order; on request only of those that are in service. */
export async function endpointsOf({ sageMaker: client }: Aws, group: string, inService = false): Promise<string[]> {
  const names: string[] = [];
  for await (const { Endpoints = [] } of paginateListEndpoints({ client }, {})) {
    const wanted = Endpoints.filter(({ EndpointStatus }) => !inService || EndpointStatus === 'InService');
    names.push(...wanted.map(({ EndpointName = '' }) => EndpointName));
  }
  return names.filter((name) => name.startsWith(`${group}-`)).sort();
}

/**
 * Makes an endpoint from a package and waits until it serves.
 *
 * @throws Error with SageMaker's reason when it fails
 */
export async function createEndpoint(aws: Aws, name: string, packageArn: string): Promise<void> {
  await aws.sageMaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: ROLE,
      PrimaryContainer: { ModelPackageName: packageArn },
    }),
  );
  await aws.sageMaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [
        { VariantName: 'AllTraffic', ModelName: name, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 },
      ],
    }),
  );
  await aws.sageMaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  await until(`endpoint ${name} in service`, async () => {
    const { EndpointStatus, FailureReason } = await aws.sageMaker.send(
      new DescribeEndpointCommand({ EndpointName: name }),
    );
    if (EndpointStatus === 'Failed') {
      throw new Error(`endpoint ${name} failed: ${FailureReason}`);
    }
    return EndpointStatus === 'InService';
  });
}

/** Invokes an endpoint with MLflow's JSON and gives its predictions. */
export async function predict(aws: Aws, name: string, request: unknown): Promise<number[]> {
  const { Body } = await aws.sageMakerRuntime.send(
    new InvokeEndpointCommand({ EndpointName: name, ContentType: 'application/json', Body: JSON.stringify(request) }),
  );
  const answer = JSON.parse(Buffer.from(Body ?? []).toString('utf8')) as { predictions: number[] };
  return answer.predictions;
}

/** Deletes an endpoint with its configuration and model. */
export async function deleteEndpoint(aws: Aws, name: string): Promise<void> {
  await aws.sageMaker.send(new DeleteEndpointCommand({ EndpointName: name }));
  await aws.sageMaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name }));
  await aws.sageMaker.send(new DeleteModelCommand({ ModelName: name }));
}

/** The largest difference of two lists of numbers; infinite where their lengths differ. */
export function largestDifference(some: readonly number[], others: readonly number[]): number {
  if (some.length !== others.length || some.length === 0) {
    return Number.POSITIVE_INFINITY;
  }
  return Math.max(...some.map((value, index) => Math.abs(value - (others[index] ?? Number.NaN))));
}
