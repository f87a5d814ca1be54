import type { StartBuildInput } from '@aws-sdk/client-codebuild';
import type { DescribeImagesRequest } from '@aws-sdk/client-ecr';

export const REPOSITORY = '111111111111.dkr.ecr.us-east-1.amazonaws.com/mlflow-mlops-environments';

/** A build as it was started. */
export interface StartedBuild {
  readonly id: string;
  readonly digest: string;
  readonly token: string;
}

/** ECR's one repository and CodeBuild's one project, as far as the sync uses them. */
export class ImageBuilds {
  /** Digests of images, by tag. */
  readonly images = new Map<string, string>();
  readonly builds: StartedBuild[] = [];

  describe({ repositoryName, imageIds = [] }: DescribeImagesRequest): object {
    const [{ imageTag = '' } = {}] = imageIds;
    const imageDigest = this.images.get(imageTag);
    if (repositoryName !== 'mlflow-mlops-environments') {
      throw Object.assign(new Error(repositoryName), { name: 'RepositoryNotFoundException' });
    }
    if (imageDigest === undefined) {
      throw Object.assign(new Error(`The image with tag ${imageTag} does not exist`), {
        name: 'ImageNotFoundException',
      });
    }
    return { imageDetails: [{ imageDigest, imageTags: [imageTag] }] };
  }

  start({ projectName, idempotencyToken: token = '', environmentVariablesOverride = [] }: StartBuildInput): object {
    const known = this.builds.find((build) => build.token === token);
    if (known !== undefined) {
      return { build: { id: known.id } };
    }
    const id = `${projectName}:${this.builds.length + 1}`;
    const digest = environmentVariablesOverride.find(({ name }) => name === 'ENVIRONMENT_DIGEST')?.value ?? '';
    this.builds.push({ id, digest, token });
    return { build: { id } };
  }
}

/** The event that CodeBuild sends at the end of a build. */
export function endOf({ id, digest }: StartedBuild, status: 'SUCCEEDED' | 'FAILED'): object {
  return {
    'detail-type': 'CodeBuild Build State Change',
    detail: {
      'build-status': status,
      'build-id': `arn:aws:codebuild:us-east-1:111111111111:build/${id}`,
      'additional-information': {
        environment: { 'environment-variables': [{ name: 'ENVIRONMENT_DIGEST', type: 'PLAINTEXT', value: digest }] },
      },
    },
  };
}
