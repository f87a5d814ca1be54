import { validationException } from '../aws-json/errors';

type Environment = Readonly<Record<string, string>>;

/** API_ContainerDefinition, Environment: keys and values of all containers of a CreateModel together. */
const MAX_BYTES = 32 * 1024;

/**
 * Checks the environments of a model's containers together.
 *
 * @throws ServiceError `ValidationException` for more than 32 KB; AWS does not document how it words that
 */
export function checkEnvironmentSize(environments: readonly (Environment | undefined)[]): void {
  const texts = environments.flatMap((environment) => Object.entries(environment ?? {}).flat());
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > MAX_BYTES) {
    throw validationException(
      `Environment has at most ${MAX_BYTES} bytes for all containers; this would make ${bytes}.`,
    );
  }
}

/**
 * A package that has an environment takes none from the model that is made of it: SageMaker does not merge them.
 *
 * @throws ServiceError `ValidationException` in AWS's words, as users of the Python SDK met them
 */
export function refuseSecondEnvironment(ofPackage: Environment | undefined, ofModel: Environment | undefined): void {
  if (isEmpty(ofPackage) || isEmpty(ofModel)) return;
  throw validationException(
    `Environment variable map cannot be specified both at Model Package ${shown(ofPackage)} and Model ${shown(ofModel)}.`,
  );
}

function isEmpty(environment: Environment | undefined): boolean {
  return Object.keys(environment ?? {}).length === 0;
}

function shown(environment: Environment | undefined): string {
  const entries = Object.entries(environment ?? {}).map(([key, value]) => `${key}=${value}`);
  return `{${entries.join(', ')}}`;
}
