import type { ModelPackage } from '../../lambda/shared/packages/model-package';
import type { ModelVersion } from '../../lambda/shared/registry/registry';

/** A version as a registry has it right after it was registered, with what a test cares about put over it. */
export function modelVersion(over: Partial<ModelVersion> = {}): ModelVersion {
  return {
    name: 'churn',
    version: '1',
    creationTimestamp: 1_795_464_026_965,
    stage: 'None',
    aliases: [],
    runId: 'b9c150d136084634b795f61834788368',
    source: 'models:/m-971b00edcfbf4ecd9e2263b8e68b6f8a',
    description: '',
    status: 'READY',
    tags: {},
    ...over,
  };
}

/** A package of group `churn`. */
export function modelPackage(
  number: number,
  metadata: Record<string, string>,
  over: Partial<ModelPackage> = {},
): ModelPackage {
  return {
    arn: `arn:aws:sagemaker:us-east-1:111111111111:model-package/churn/${number}`,
    creationTime: 1_000 + number,
    image: 'image',
    status: 'Completed',
    approvalStatus: 'Approved',
    modelDataUrl: 's3://bucket/models/churn/model.tar.gz',
    metadata,
    ...over,
  };
}
