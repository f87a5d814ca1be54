import {
  BatchDeleteImageCommand,
  DescribeImagesCommand,
  type ECRClient,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';

/** An image, as far as the sweep looks at it. */
export interface StoredImage {
  /** Digest of the image's manifest. */
  readonly imageDigest: string;
  /** Digest of the environment; absent for an image that has no tag. */
  readonly digest?: string;
  /** Milliseconds since the epoch. */
  readonly pushedAt: number;
}

/** The repository of environment images. An image's tag is the digest of its environment, and tags are immutable. */
export class EnvironmentImages {
  private readonly name: string;

  /** @param uri of the repository: `<account>.dkr.ecr.<region>.<suffix>/<name>` */
  constructor(
    private readonly client: ECRClient,
    private readonly uri: string,
  ) {
    this.name = uri.slice(uri.indexOf('/') + 1);
  }

  /** The image of an environment as packages name it, by its digest; undefined where there is none. */
  async find(digest: string): Promise<string | undefined> {
    try {
      const { imageDetails = [] } = await this.client.send(
        new DescribeImagesCommand({ repositoryName: this.name, imageIds: [{ imageTag: digest }] }),
      );
      const [found] = imageDetails;
      return found?.imageDigest === undefined ? undefined : this.uriOf(found.imageDigest);
    } catch (error) {
      if (error instanceof Error && error.name === 'ImageNotFoundException') {
        return undefined;
      }
      throw error;
    }
  }

  /** All images, every page. */
  async list(): Promise<StoredImage[]> {
    const images: StoredImage[] = [];
    for await (const { imageDetails } of paginateDescribeImages(
      { client: this.client },
      { repositoryName: this.name },
    )) {
      for (const { imageDigest, imageTags, imagePushedAt } of imageDetails ?? []) {
        if (imageDigest === undefined || imagePushedAt === undefined) {
          throw new Error(`ECR lists an image of ${this.name} without its digest or its time`);
        }
        const [digest] = imageTags ?? [];
        images.push({ imageDigest, ...(digest === undefined ? {} : { digest }), pushedAt: imagePushedAt.getTime() });
      }
    }
    return images;
  }

  /** Deletes an image, which may be gone already. */
  async delete(imageDigest: string): Promise<void> {
    const { failures = [] } = await this.client.send(
      new BatchDeleteImageCommand({ repositoryName: this.name, imageIds: [{ imageDigest }] }),
    );
    const fault = failures.find(({ failureCode }) => failureCode !== 'ImageNotFound');
    if (fault !== undefined) {
      throw new Error(
        `the image ${this.uriOf(imageDigest)} cannot be deleted: ${fault.failureCode} ${fault.failureReason}`,
      );
    }
  }

  uriOf(imageDigest: string): string {
    return `${this.uri}@${imageDigest}`;
  }
}
