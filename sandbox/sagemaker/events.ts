import type { ServiceEvent } from '../aws-json/events';
import type { StoredEndpoint, StoredPackage } from './state';

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
