import type { ModelApprovalStatus, ModelPackageStatus } from '@aws-sdk/client-sagemaker';

/** A package as a listing shows it. */
export interface ListedPackage {
  readonly arn: string;
  /** Milliseconds since the epoch. */
  readonly creationTime: number;
  readonly status: ModelPackageStatus;
  readonly approvalStatus: ModelApprovalStatus;
}

/** A package of the SageMaker Model Registry, as far as the sync reads and writes it. */
export interface ModelPackage extends ListedPackage {
  readonly image: string;
  /** S3 URI of the archive, or of the folder of the files as they are: that one ends in `/`. */
  readonly modelDataUrl: string;
  /** `CustomerMetadataProperties` as they stand, still encoded. */
  readonly metadata: Readonly<Record<string, string>>;
}
