import { BatchGetImageCommand, DescribeImagesCommand, ECRClient, type ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Caller } from '../aws-json/caller';

/** An image in ECR, by the parts of its URI. */
export interface EcrImage {
  readonly registryId: string;
  readonly region: string;
  readonly repository: string;
  readonly id: ImageIdentifier;
}

const ECR_IMAGE =
  /^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w.-]{1,128}))?(?:@(sha256:[0-9a-f]{64}))?$/;

/**
 * Reads an ECR image URI (`….dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5`). Without tag and digest it is `latest`.
 *
 * @returns undefined when the text is not an image in ECR
 */
export function parseEcrImage(uri: string): EcrImage | undefined {
  const [, registryId, region, repository, imageTag, imageDigest] = ECR_IMAGE.exec(uri) ?? [];
  if (registryId === undefined || region === undefined || repository === undefined) return undefined;
  const id = imageDigest === undefined ? { imageTag: imageTag ?? 'latest' } : { imageTag, imageDigest };
  return { registryId, region, repository, id };
}

/** Looks for images in ECR as whoever called SageMaker, so that ECR sees which function asks. */
export class ContainerImages {
  private readonly clients = new Map<string, ECRClient>();

  constructor(private readonly endpoint: string) {}

  /**
   * Whether an image is there. One of another account, as AWS's own are, is not looked for: the sandbox has no other account's
   * registry. AWS does not document the calls; its policy for those who register packages,
   * AmazonSageMakerModelRegistryFullAccess, allows these two.
   */
  async has(caller: Caller, { registryId, region, repository, id }: EcrImage): Promise<boolean> {
    if (registryId !== caller.account) return true;
    const client = this.client(caller, region);
    const input = { repositoryName: repository, imageIds: [id] };
    try {
      await client.send(new DescribeImagesCommand(input));
      const { images = [] } = await client.send(new BatchGetImageCommand(input));
      return images.length > 0;
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (['RepositoryNotFoundException', 'ImageNotFoundException'].includes(name)) return false;
      throw error;
    }
  }

  close(): void {
    for (const client of this.clients.values()) client.destroy();
  }

  private client({ account, identity }: Caller, region: string): ECRClient {
    const key = `${account}/${region}/${identity}`;
    const known = this.clients.get(key);
    if (known) return known;
    const client = new ECRClient({
      endpoint: this.endpoint,
      region,
      credentials: {
        accessKeyId: account,
        secretAccessKey: 'sandbox',
        ...(identity === undefined ? {} : { sessionToken: identity }),
      },
    });
    this.clients.set(key, client);
    return client;
  }
}
