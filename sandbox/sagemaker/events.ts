import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Caller } from '../aws-json/caller';
import { reasonOf } from '../aws-json/errors';
import type { StoredEndpoint, StoredPackage } from './state';

/** An event as SageMaker sends it, without what EventBridge adds. */
export interface ServiceEvent {
  readonly detailType: string;
  readonly resource: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * `SageMaker Model Package State Change`, with the members of AWS's sample
 * (dg/automating-sagemaker-with-eventbridge, "model package state change"); dates go as ISO text.
 *
 * @param updated the members that an update changed; AWS is seen to name them, though its sample does not
 */
export function modelPackageEvent({ details }: StoredPackage, updated?: readonly string[]): ServiceEvent {
  return {
    detailType: 'SageMaker Model Package State Change',
    resource: details.ModelPackageArn,
    detail: {
      ModelPackageName: details.ModelPackageName,
      ModelPackageGroupName: details.ModelPackageGroupName,
      ModelPackageVersion: details.ModelPackageVersion,
      ModelPackageArn: details.ModelPackageArn,
      ModelPackageDescription: details.ModelPackageDescription,
      CreationTime: details.CreationTime,
      InferenceSpecification: details.InferenceSpecification,
      ModelPackageStatus: details.ModelPackageStatus,
      ModelPackageStatusDetails: details.ModelPackageStatusDetails,
      CertifyForMarketplace: details.CertifyForMarketplace ?? false,
      ModelApprovalStatus: details.ModelApprovalStatus,
      ApprovalDescription: details.ApprovalDescription,
      CustomerMetadataProperties: details.CustomerMetadataProperties,
      MetadataProperties: details.MetadataProperties,
      ModelMetrics: details.ModelMetrics,
      ModelLifeCycle: details.ModelLifeCycle,
      LastModifiedTime: details.LastModifiedTime ?? details.CreationTime,
      UpdatedModelPackageFields: updated,
    },
  };
}

/**
 * `SageMaker Endpoint State Change` and `SageMaker Endpoint Deployment State Change`: one shape under two names, with the
 * status in capitals and times in milliseconds, as in AWS's samples (same page, "endpoint state change").
 */
export function endpointEvent(kind: 'Endpoint' | 'Endpoint Deployment', endpoint: StoredEndpoint): ServiceEvent {
  return {
    detailType: `SageMaker ${kind} State Change`,
    resource: endpoint.arn,
    detail: inMilliseconds({
      EndpointName: endpoint.name,
      EndpointArn: endpoint.arn,
      EndpointConfigName: endpoint.config.details.EndpointConfigName,
      ProductionVariants: endpoint.variants,
      EndpointStatus: endpoint.status.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(),
      FailureReason: endpoint.failureReason,
      CreationTime: endpoint.creationTime,
      LastModifiedTime: endpoint.lastModifiedTime,
      Tags: Object.fromEntries(endpoint.tags),
      PendingDeploymentSummary: endpoint.pendingDeployment,
    }) as Record<string, unknown>,
  };
}

function inMilliseconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(inMilliseconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inMilliseconds(item)]));
}

/**
 * Sends SageMaker's events to the default bus of the account they are about, in order, one at a time. What is not delivered
 * is logged, and no API call fails for it.
 */
export class EventSender {
  private readonly clients = new Map<string, EventBridgeClient>();
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly endpoint: string,
    private readonly log: (line: string) => void,
  ) {}

  send(caller: Caller, event: ServiceEvent): void {
    this.last = this.last.then(() => this.put(caller, event));
  }

  /** Waits for what is on its way, then lets the connections go. */
  async close(): Promise<void> {
    await this.last;
    for (const client of this.clients.values()) client.destroy();
  }

  private async put(caller: Caller, { detailType, resource, detail }: ServiceEvent): Promise<void> {
    try {
      const entry = {
        Source: 'aws.sagemaker',
        DetailType: detailType,
        Resources: [resource],
        Detail: JSON.stringify(detail),
      };
      const answer = await this.client(caller).send(new PutEventsCommand({ Entries: [entry] }));
      const refusal = answer.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
      if (refusal) throw new Error(`${refusal.ErrorCode}: ${refusal.ErrorMessage}`);
    } catch (error) {
      this.log(`An event was not delivered: ${detailType} of ${resource}: ${reasonOf(error)}`);
    }
  }

  private client(caller: Caller): EventBridgeClient {
    const key = `${caller.account}/${caller.region}`;
    const known = this.clients.get(key);
    if (known) return known;
    const client = new EventBridgeClient({
      endpoint: this.endpoint,
      region: caller.region,
      credentials: { accessKeyId: caller.account, secretAccessKey: 'sandbox' },
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 10_000 },
    });
    client.middlewareStack.add((next) => (args) => next(asService(args)), { step: 'build' });
    this.clients.set(key, client);
    return client;
  }
}

/** EventBridge takes `aws.*` sources from AWS's services only; a service names itself by its principal. */
function asService<Args extends { readonly request: unknown }>(args: Args): Args {
  const { headers } = args.request as { headers: Record<string, string> };
  headers['x-service-principal'] = 'sagemaker.amazonaws.com';
  return args;
}
