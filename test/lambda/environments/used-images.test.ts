import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { usedImages } from '../../../lambda/environment-sweep/used-images';
import type { ListedPackage, ModelPackage } from '../../../lambda/shared/packages/model-package';

type Models = Readonly<Record<string, () => object>>;

/** What is used by packages on two pages and by these models. */
async function used(models: Models): Promise<string[]> {
  const listed = (arn: string) => ({ groupName: 'g', listed: { arn } as ListedPackage });
  const packages = {
    page: async (token?: string) =>
      token === undefined
        ? { items: [listed('a'), listed('b')], next: 'next' }
        : { items: [listed('c')], next: undefined },
    describeAll: async (all: readonly ListedPackage[]) =>
      all.map(({ arn }) => ({ image: `package-${arn}` }) as ModelPackage),
  };
  const send = async ({
    constructor: { name },
    input,
  }: {
    constructor: { name: string };
    input: { ModelName?: string };
  }) =>
    name === 'ListModelsCommand'
      ? { Models: Object.keys(models).map((ModelName) => ({ ModelName })) }
      : models[input.ModelName ?? '']?.();
  const client = Object.assign(new SageMakerClient({ region: 'us-east-1' }), { send });
  const found: string[] = [];
  for await (const image of usedImages(packages, client as SageMakerClient)) {
    found.push(image);
  }
  return found;
}

const throwing =
  (message: string, name = 'ValidationException') =>
  () => {
    throw Object.assign(new Error(message), { name });
  };

test('packages of all pages and containers of all models name images', async () => {
  const models: Models = {
    one: () => ({ PrimaryContainer: { Image: 'model-1' } }),
    two: () => ({ Containers: [{ Image: 'model-2' }, { ModelPackageName: 'arn' }] }),
  };
  expect(await used(models)).toEqual(['package-a', 'package-b', 'package-c', 'model-1', 'model-2']);
});

test('a model that was deleted since it was listed is passed over, any other error is not', async () => {
  expect(await used({ gone: throwing('Could not find model "arn".') })).toHaveLength(3);
  await expect(used({ one: throwing('1 validation error detected') })).rejects.toThrow('1 validation error');
  await expect(used({ one: throwing('no', 'AccessDeniedException') })).rejects.toThrow('no');
});
