import { ECRClient, ImageNotFoundException } from '@aws-sdk/client-ecr';
import { EnvironmentImages } from '../../../lambda/environments/environment-images';

const URI = '111111111111.dkr.ecr.us-east-1.amazonaws.com/mlflow-mlops-environments';

/** The repository, with a client that gives these answers, by command. */
function repository(answers: Readonly<Record<string, (input: Record<string, unknown>) => unknown>>): EnvironmentImages {
  const send = async (command: { readonly constructor: { readonly name: string }; readonly input: object }) => {
    const answer = answers[command.constructor.name.replace(/Command$/, '')];
    if (answer === undefined) {
      throw new Error(`${command.constructor.name} is not known here`);
    }
    const input = command.input as Record<string, unknown>;
    expect(input.repositoryName).toBe('mlflow-mlops-environments');
    return answer(input);
  };
  return new EnvironmentImages(Object.assign(new ECRClient({ region: 'us-east-1' }), { send }), URI);
}

test('an image is found by the tag and named by its digest', async () => {
  const found = repository({
    DescribeImages: ({ imageIds }) => {
      expect(imageIds).toEqual([{ imageTag: 'e1' }]);
      return { imageDetails: [{ imageDigest: 'sha256:abc' }] };
    },
  });
  expect(await found.find('e1')).toBe(`${URI}@sha256:abc`);
});

test('a missing image is no error, anything else is', async () => {
  const throwing = (error: Error) =>
    repository({
      DescribeImages: () => {
        throw error;
      },
    });
  const missing = new ImageNotFoundException({ message: 'The image with tag e1 does not exist', $metadata: {} });
  expect(await throwing(missing).find('e1')).toBeUndefined();
  const noRepository = Object.assign(new Error('no such repository'), { name: 'RepositoryNotFoundException' });
  await expect(throwing(noRepository).find('e1')).rejects.toThrow('no such repository');
});

test('all pages are listed', async () => {
  const pages: Record<string, object> = {
    '': { imageDetails: [{ imageDigest: 'a', imageTags: ['e1'], imagePushedAt: new Date(5) }], nextToken: 'next' },
    next: { imageDetails: [{ imageDigest: 'b', imagePushedAt: new Date(6) }] },
  };
  const listed = await repository({ DescribeImages: ({ nextToken = '' }) => pages[String(nextToken)] }).list();
  expect(listed).toEqual([
    { imageDigest: 'a', digest: 'e1', pushedAt: 5 },
    { imageDigest: 'b', pushedAt: 6 },
  ]);
});

test('an image whose age is not known fails the listing', async () => {
  const images = repository({ DescribeImages: () => ({ imageDetails: [{ imageDigest: 'a' }] }) });
  await expect(images.list()).rejects.toThrow('without its digest or its time');
});

test('an image that cannot be deleted is an error, one that is gone is none', async () => {
  const failing = (failureCode: string) =>
    repository({ BatchDeleteImage: () => ({ failures: [{ failureCode, failureReason: 'why' }] }) });
  await failing('ImageNotFound').delete('sha256:abc');
  await expect(failing('ImageReferencedByManifestList').delete('sha256:abc')).rejects.toThrow(
    `${URI}@sha256:abc cannot be deleted: ImageReferencedByManifestList why`,
  );
});
