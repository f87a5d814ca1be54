import { RefusedError } from '../shared/errors';

/** An image in Amazon ECR, by tag or digest (docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html). */
const ECR_IMAGE =
  /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z0-9.-]+\/[a-z0-9]+(?:[._/-][a-z0-9]+)*(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})?$/;
/** API_ContainerDefinition, Image. */
const IMAGE_MAX = 255;

/**
 * An image that people named, if SageMaker can take it: it pulls from ECR in the endpoint's own region only
 * (docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-containers-inference-private.html has the one other way).
 *
 * @param where who named it, for the message
 * @throws RefusedError that names the value and the fix
 */
export function checkImage(image: string, region: string, where: string): string {
  const found = ECR_IMAGE.exec(image);
  if (found === null || image.length > IMAGE_MAX) {
    throw new RefusedError(
      `${where} is ${JSON.stringify(image.slice(0, 300))}, which is no image of Amazon ECR; ` +
        `expected <account>.dkr.ecr.${region}.amazonaws.com/<repository>:<tag>`,
    );
  }
  if (found[1] !== region) {
    throw new RefusedError(
      `${where} is an image in region ${found[1]}; SageMaker pulls from ${region} only: copy it there`,
    );
  }
  return image;
}
