import { DescribeModelCommand, paginateListModels, type SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { ModelPackages } from '../shared/packages/model-packages';

const MODELS_AT_ONCE = 8;
const PAGE = 100;

/** The images that model packages and SageMaker's models name, in whichever group and of whichever owner. */
export async function* usedImages(
  packages: Pick<ModelPackages, 'page' | 'describeAll'>,
  client: SageMakerClient,
): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const { items, next } = await packages.page(token);
    for (const { image } of await packages.describeAll(items.map(({ listed }) => listed))) {
      yield image;
    }
    token = next;
  } while (token !== undefined);
  for await (const { Models = [] } of paginateListModels({ client, pageSize: PAGE }, {})) {
    for (let start = 0; start < Models.length; start += MODELS_AT_ONCE) {
      const names = Models.slice(start, start + MODELS_AT_ONCE).map(({ ModelName }) => ModelName);
      yield* (await Promise.all(names.map((name) => imagesOf(client, name)))).flat();
    }
  }
}

async function imagesOf(client: SageMakerClient, name: string | undefined): Promise<string[]> {
  try {
    const { PrimaryContainer, Containers = [] } = await client.send(new DescribeModelCommand({ ModelName: name }));
    return [PrimaryContainer, ...Containers].flatMap((container) => container?.Image ?? []);
  } catch (error) {
    // Deleted since it was listed. SageMaker says so in prose, under a code that also means other things.
    if (
      error instanceof Error &&
      error.name === 'ValidationException' &&
      /could not find|does not exist/i.test(error.message)
    ) {
      return [];
    }
    throw error;
  }
}
