import type { ServiceEvent } from '../aws-json/events';
import type { StoredPackage } from './state';

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
