import type { ContainerDefinition, ModelDataSource, ModelPackageContainerDefinition } from '@aws-sdk/client-sagemaker';
import { validationException } from '../aws-json/errors';
import type { Valid } from '../aws-json/valid';
import type { ActionContext } from './actions/context';
import { parseEcrImage } from './container-images';
import { notInSandbox } from './errors';
import { parseS3Location, type S3Location } from './model-data';

/** A container with an image, of a package or of a model. */
export type Container = Valid<ModelPackageContainerDefinition> | Valid<ContainerDefinition>;

/** Where a container's model data is: one archive, or everything below a prefix. */
export interface DataLocation {
  readonly kind: 'archive' | 'prefix';
  readonly url: string;
  readonly location: S3Location;
}

/**
 * Where a container's data is, from `ModelDataUrl` or `ModelDataSource`; undefined when it has none.
 *
 * @throws ServiceError `ValidationException` when both are given, or the text names nothing in S3
 */
export function dataLocationOf(container: Container): DataLocation | undefined {
  const { ModelDataUrl: url, ModelDataSource: source } = container;
  if (url !== undefined && source !== undefined) {
    throw validationException('Only one of ModelDataUrl and ModelDataSource can be given for a container.');
  }
  const found = url === undefined ? sourceLocation(source) : ({ kind: 'archive', url } as const);
  if (found === undefined) return undefined;
  const location = parseS3Location(found.url);
  if (!location) throw validationException(`Invalid model data location "${found.url}": it names no object in S3.`);
  return { ...found, location };
}

/** S3Prefix ends in `/` and goes with uncompressed data; S3Object is one archive or one file (API_S3ModelDataSource). */
function sourceLocation(source: Valid<ModelDataSource> | undefined): Omit<DataLocation, 'location'> | undefined {
  const data = source?.S3DataSource;
  if (!data) return undefined;
  if (data.S3DataType === 'S3Prefix' && !data.S3Uri.endsWith('/')) {
    throw validationException(`S3Uri "${data.S3Uri}" must end with a forward slash when S3DataType is S3Prefix.`);
  }
  if ((data.S3DataType === 'S3Prefix') !== (data.CompressionType === 'None')) {
    throw notInSandbox(`model data of type ${data.S3DataType} with compression ${data.CompressionType}`);
  }
  return { kind: data.S3DataType === 'S3Prefix' ? 'prefix' : 'archive', url: data.S3Uri };
}

/**
 * Checks a container as CreateModel and CreateModelPackage do: an image in ECR and model data, both of which are there.
 *
 * @returns the archive's ETag, which SageMaker keeps with a package as `ModelDataETag`
 * @throws ServiceError `ValidationException`: "Using non-ECR image ...", "Requested image ... not found." and "Could not find
 *   model data at ..." are AWS's words
 */
export async function checkContainer(
  { modelData, images, caller }: Pick<ActionContext, 'modelData' | 'images' | 'caller'>,
  container: Container,
): Promise<string | undefined> {
  const { Image: uri } = container;
  if (uri === undefined) throw validationException('Image must be provided for each container.');
  const image = parseEcrImage(uri);
  if (image === undefined) {
    throw validationException(`Using non-ECR image "${uri}" without Vpc repository access mode is not supported.`);
  }
  if (!(await images.has(caller, image))) throw validationException(`Requested image ${uri} not found.`);
  const data = dataLocationOf(container);
  if (!data) return undefined;
  const etag =
    data.kind === 'archive'
      ? await modelData.etag(caller, data.location)
      : (await modelData.keysUnder(caller, data.location)).at(0) && '';
  if (etag === undefined) throw validationException(`Could not find model data at ${data.url}.`);
  return etag === '' ? undefined : etag;
}
