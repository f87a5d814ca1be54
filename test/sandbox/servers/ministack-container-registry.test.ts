import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Part } from '../../../sandbox/processes/part';
import { Stacks, templateOf } from './cloudformation/stacks';
import { startMiniStack } from './parts';
import { requirePython } from './sagemaker/stage';

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

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Uploads a layer by one part, or by all those given. */
async function upload(repositoryName: string, ...parts: string[]) {
  const { uploadId } = await ecr('InitiateLayerUpload', { repositoryName });
  let partFirstByte = 0;
  for (const part of parts) {
    const partLastByte = partFirstByte + part.length - 1;
    const layerPartBlob = Buffer.from(part).toString('base64');
    await ecr('UploadLayerPart', { repositoryName, uploadId, partFirstByte, partLastByte, layerPartBlob });
    partFirstByte = partLastByte + 1;
  }
  return ecr('CompleteLayerUpload', { repositoryName, uploadId, layerDigests: [digestOf(parts.join(''))] });
}

const partOf = (kind: string, text: string) => ({
  mediaType: `application/vnd.oci.image.${kind}`,
  size: text.length,
  digest: digestOf(text),
});

const manifestOf = (config: string, ...layers: string[]) =>
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: partOf('config.v1+json', config),
    layers: layers.map((layer) => partOf('layer.v1.tar+gzip', layer)),
  });

/** An image that can be put into each repository of these tests. */
const OTHER = manifestOf('c', 'other');

/** A repository of its own for a test, with an image of the tag `first`. */
async function repository(repositoryName: string, imageTagMutability = 'IMMUTABLE') {
  await ecr('CreateRepository', { repositoryName, imageTagMutability });
  for (const text of ['c', 'ten bytes.', 'other']) await upload(repositoryName, text);
  const manifest = manifestOf('c', 'ten bytes.');
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
  [
    'another image with an immutable tag',
    { imageManifest: OTHER, imageTag: 'first' },
    'ImageTagAlreadyExistsException',
  ],
  ['another digest than the manifest has', { imageDigest: 'sha256:00' }, 'ImageDigestDoesNotMatchException'],
  ['a manifest that is not JSON', { imageManifest: 'x' }, 'InvalidParameterException'],
  ['a manifest without layers', { imageManifest: manifestOf('c') }, 'InvalidParameterException'],
  ['a manifest with a missing layer', { imageManifest: manifestOf('c', 'lost') }, 'LayersNotFoundException'],
  ['a manifest with a missing config', { imageManifest: manifestOf('lost', 'other') }, 'LayersNotFoundException'],
  ['a tag that no image can have', { imageTag: 'a b' }, 'InvalidParameterException'],
])('rejects %s', async (what, change, error) => {
  const { repositoryName, manifest } = await repository(`rejects-${what.replaceAll(' ', '-').toLowerCase()}`);
  expect(await ecr('PutImage', { repositoryName, imageManifest: manifest, ...change })).toMatchObject({
    __type: error,
  });
});

test('keeps a layer of several parts, once in each repository', async () => {
  await ecr('CreateRepository', { repositoryName: 'layers' });
  expect(await upload('layers', 'two ', 'parts')).toMatchObject({ layerDigest: digestOf('two parts') });
  expect(await upload('layers', 'two parts')).toMatchObject({ __type: 'LayerAlreadyExistsException' });
  const layerDigests = [digestOf('two parts'), digestOf('none')];
  const { layers } = await ecr('BatchCheckLayerAvailability', { repositoryName: 'layers', layerDigests });
  expect(layers).toMatchObject([
    { layerAvailability: 'AVAILABLE', layerSize: 9 },
    { layerAvailability: 'UNAVAILABLE' },
  ]);
  const lost = { repositoryName: 'layers', layerDigest: digestOf('none') };
  expect(await ecr('GetDownloadUrlForLayer', lost)).toMatchObject({ __type: 'LayersNotFoundException' });
});

test('rejects an upload that is empty, unknown, or has another digest or order', async () => {
  const repositoryName = 'uploads';
  await ecr('CreateRepository', { repositoryName });
  expect(await upload(repositoryName)).toMatchObject({ __type: 'EmptyUploadException' });
  const { uploadId } = await ecr('InitiateLayerUpload', { repositoryName });
  const part = { repositoryName, uploadId, layerPartBlob: 'AAAA' };
  const late = await ecr('UploadLayerPart', { ...part, partFirstByte: 3, partLastByte: 5 });
  expect(late).toMatchObject({ __type: 'InvalidLayerPartException' });
  await ecr('UploadLayerPart', { ...part, partFirstByte: 0, partLastByte: 2 });
  const end = { repositoryName, uploadId, layerDigests: [digestOf('x')] };
  expect(await ecr('CompleteLayerUpload', end)).toMatchObject({ __type: 'InvalidLayerException' });
  expect(await ecr('CompleteLayerUpload', { ...end, uploadId: 'none' })).toMatchObject({
    __type: 'UploadNotFoundException',
  });
});

const PUSH = `
import boto3
from builder import __main__ as program, folder
ecr = boto3.client("ecr")
for digest in ("a", "b"):
    manifest = folder.manifest_of(digest, ["mlflow==1.0"])
    for _ in range(2):
        folder.push(ecr, "folders", digest, ["mlflow==1.0"])
        print(program.put_image(ecr, "folders", digest, manifest))
`;

test('accepts the image of an environment that was built as a folder, also a second time', async () => {
  await ecr('CreateRepository', { repositoryName: 'folders', imageTagMutability: 'IMMUTABLE' });
  const { stdout } = await promisify(execFile)(requirePython(), ['-c', PUSH], {
    cwd: join(__dirname, '..', '..', '..', 'environment-image'),
    env: {
      AWS_ENDPOINT_URL: ministack.spec.url,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
  const { imageIds } = await ecr('ListImages', { repositoryName: 'folders' });
  const digests: string[] = imageIds.map(({ imageDigest }: { imageDigest: string }) => imageDigest);
  expect(stdout.trim().split('\n')).toEqual(digests.flatMap((digest) => [digest, digest]));
  expect(digests).toHaveLength(2);
}, 30_000);

test('moves a mutable tag to another image', async () => {
  const { repositoryName, digest } = await repository('mutable', 'MUTABLE');
  await ecr('PutImage', { repositoryName, imageManifest: OTHER, imageTag: 'first' });
  const { imageIds } = await ecr('ListImages', { repositoryName });
  expect(imageIds).toEqual([{ imageDigest: digest }, { imageDigest: digestOf(OTHER), imageTag: 'first' }]);
  const tagged = await ecr('ListImages', { repositoryName, filter: { tagStatus: 'TAGGED' } });
  expect(tagged.imageIds).toEqual([{ imageDigest: digestOf(OTHER), imageTag: 'first' }]);
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
  await ecr('PutImage', { repositoryName, imageManifest: OTHER, imageTag: 'second' });
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
