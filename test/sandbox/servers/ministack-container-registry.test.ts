import { createHash } from 'node:crypto';
import type { Part } from '../../../sandbox/processes/part';
import { Stacks, templateOf } from './cloudformation/stacks';
import { startMiniStack } from './parts';

const ACCOUNT = '111111111111';
let ministack: Part;
let stacks: Stacks;

beforeAll(async () => {
  ministack = await startMiniStack();
  stacks = new Stacks(ministack.spec.url);
}, 400_000);

afterAll(async () => {
  stacks?.client.destroy();
  await ministack?.stop();
});

/** Calls an action of ECR. The answer of a failed one has the error's name as `__type`. */
// biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the action.
async function ecr(action: string, input: object): Promise<any> {
  const credential = `Credential=${ACCOUNT}/20270101/us-east-1/ecr/aws4_request`;
  const answer = await fetch(ministack.spec.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerRegistry_V20150921.${action}`,
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  return answer.json();
}

const digestOf = (manifest: string) => `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
const manifestOf = (size: number) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 1, digest: `sha256:${'0'.repeat(64)}` },
    layers: [{ size }],
  });

/** A repository of its own for a test, with an image of the tag `first`. */
async function repository(repositoryName: string, imageTagMutability = 'IMMUTABLE') {
  await ecr('CreateRepository', { repositoryName, imageTagMutability });
  const manifest = manifestOf(10);
  await ecr('PutImage', { repositoryName, imageManifest: manifest, imageTag: 'first' });
  return { repositoryName, manifest, digest: digestOf(manifest) };
}

test('an image has the digest of its manifest, its media type and its size', async () => {
  const { repositoryName, digest } = await repository('described');
  const { imageDetails } = await ecr('DescribeImages', { repositoryName, imageIds: [{ imageTag: 'first' }] });
  expect(imageDetails).toEqual([
    {
      registryId: ACCOUNT,
      repositoryName,
      imageDigest: digest,
      imageTags: ['first'],
      imageSizeInBytes: 11,
      imagePushedAt: expect.any(Number),
      imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactMediaType: 'application/vnd.oci.image.config.v1+json',
    },
  ]);
});

test.each<[string, object, string]>([
  ['the same image with the same tag', { imageTag: 'first' }, 'ImageAlreadyExistsException'],
  ['the same image without a tag', {}, 'ImageAlreadyExistsException'],
  ['another image with an immutable tag', { imageManifest: '{}', imageTag: 'first' }, 'ImageTagAlreadyExistsException'],
  ['another digest than the manifest has', { imageDigest: 'sha256:00' }, 'ImageDigestDoesNotMatchException'],
  ['a manifest that is not JSON', { imageManifest: 'x' }, 'InvalidParameterException'],
  ['a tag that no image can have', { imageTag: 'a b' }, 'InvalidParameterException'],
])('rejects %s', async (what, change, error) => {
  const { repositoryName, manifest } = await repository(`rejects-${what.replaceAll(' ', '-').toLowerCase()}`);
  expect(await ecr('PutImage', { repositoryName, imageManifest: manifest, ...change })).toMatchObject({
    __type: error,
  });
});

test('moves a mutable tag to another image', async () => {
  const { repositoryName, digest } = await repository('mutable', 'MUTABLE');
  await ecr('PutImage', { repositoryName, imageManifest: '{}', imageTag: 'first' });
  const { imageIds } = await ecr('ListImages', { repositoryName });
  expect(imageIds).toEqual([{ imageDigest: digest }, { imageDigest: digestOf('{}'), imageTag: 'first' }]);
  const tagged = await ecr('ListImages', { repositoryName, filter: { tagStatus: 'TAGGED' } });
  expect(tagged.imageIds).toEqual([{ imageDigest: digestOf('{}'), imageTag: 'first' }]);
});

test('reports missing images, repositories and identifiers', async () => {
  const { repositoryName, digest, manifest } = await repository('missing');
  const imageIds = [{ imageDigest: digest }, { imageTag: 'none' }, {}];
  const { images, failures } = await ecr('BatchGetImage', { repositoryName, imageIds });
  expect(images).toMatchObject([{ imageId: { imageDigest: digest }, imageManifest: manifest }]);
  expect(failures).toMatchObject([{ failureCode: 'ImageNotFound' }, { failureCode: 'MissingDigestAndTag' }]);
  const missing = { repositoryName, imageIds: [{ imageTag: 'none' }] };
  expect(await ecr('DescribeImages', missing)).toMatchObject({ __type: 'ImageNotFoundException' });
  const nowhere = { repositoryName: 'nowhere', imageIds };
  for (const action of ['PutImage', 'BatchGetImage', 'BatchDeleteImage', 'DescribeImages', 'ListImages']) {
    expect(await ecr(action, nowhere)).toMatchObject({ __type: 'RepositoryNotFoundException' });
  }
});

test('deletes an image with its last tag, or by its digest with all tags', async () => {
  const { repositoryName, digest, manifest } = await repository('deleted');
  await ecr('PutImage', { repositoryName, imageManifest: manifest, imageTag: 'second' });
  await ecr('BatchDeleteImage', { repositoryName, imageIds: [{ imageTag: 'first' }] });
  expect((await ecr('ListImages', { repositoryName })).imageIds).toEqual([{ imageDigest: digest, imageTag: 'second' }]);
  const { imageIds } = await ecr('BatchDeleteImage', { repositoryName, imageIds: [{ imageDigest: digest }] });
  expect(imageIds).toEqual([{ imageDigest: digest, imageTag: 'second' }]);
  expect((await ecr('ListImages', { repositoryName })).imageIds).toEqual([]);
});

test('lists images in pages', async () => {
  const { repositoryName } = await repository('paged');
  await ecr('PutImage', { repositoryName, imageManifest: '{}', imageTag: 'second' });
  const first = await ecr('DescribeImages', { repositoryName, maxResults: 1 });
  const second = await ecr('DescribeImages', { repositoryName, maxResults: 1, nextToken: first.nextToken });
  expect([first, second].flatMap(({ imageDetails }) => imageDetails[0].imageTags)).toEqual(['first', 'second']);
  expect(second.nextToken).toBeUndefined();
  const both = { repositoryName, maxResults: 1, imageIds: [{ imageTag: 'first' }] };
  expect(await ecr('DescribeImages', both)).toMatchObject({ __type: 'InvalidParameterException' });
});

test.each(['Upper', 'a', 'ends-'])('rejects the repository name %s', async (repositoryName) => {
  expect(await ecr('CreateRepository', { repositoryName })).toMatchObject({ __type: 'InvalidParameterException' });
});

test('a stack does not take over a repository that exists', async () => {
  const { repositoryName } = await repository('taken');
  const Repository = { Type: 'AWS::ECR::Repository', Properties: { RepositoryName: repositoryName } };
  const { StackStatus } = await stacks.create('takes-over', templateOf({ Repository }, {}));
  expect(StackStatus).toBe('ROLLBACK_COMPLETE');
});
