import type { Table } from './dynamodb';
import type { ImageBuilds } from './image-builds';
import type { Bucket } from './s3';
import type { ModelRegistry } from './sagemaker';

/** Calls of AWS by `<client>.<command>`, and what answers them. */
export type Actions = Readonly<Record<string, (input: never) => unknown>>;

/** Calls that are answered by what the account keeps. */
export function actionsOn(table: Table, bucket: Bucket, sageMaker: ModelRegistry, images: ImageBuilds): Actions {
  return {
    'codebuild.StartBuild': (input) => images.start(input),
    'ecr.DescribeImages': (input) => images.describe(input),
    'dynamodb.Get': (input) => table.get(input),
    'dynamodb.Query': (input) => table.query(input),
    'dynamodb.Update': (input) => table.update(input),
    'dynamodb.Delete': (input) => table.delete(input),
    'sagemaker.CreateModelPackageGroup': (input) => sageMaker.createGroup(input),
    'sagemaker.DescribeModelPackageGroup': (input) => sageMaker.describeGroup(input),
    'sagemaker.ListTags': (input) => sageMaker.listTags(input),
    'sagemaker.CreateModelPackage': (input) => sageMaker.create(input),
    'sagemaker.DescribeModelPackage': (input) => sageMaker.describe(input),
    'sagemaker.UpdateModelPackage': (input) => sageMaker.update(input),
    'sagemaker.DeleteModelPackage': (input) => sageMaker.delete(input),
    'sagemaker.ListModelPackages': (input) => sageMaker.list(input),
    's3.PutObject': (input) => bucket.put(input),
    's3.GetObject': (input) => bucket.get(input),
    's3.HeadObject': ({ Key }: { Key: string }) => {
      if (!bucket.objects.has(Key)) {
        throw Object.assign(new Error('NotFound'), { name: 'NotFound', $metadata: { httpStatusCode: 404 } });
      }
      return {};
    },
    's3.ListObjectsV2': (input) => bucket.list(input),
    's3.DeleteObjects': (input) => bucket.deleteAll(input),
    's3.GetObjectTagging': (input) => bucket.tags(input),
    's3.PutObjectTagging': (input) => bucket.putTags(input),
    's3.DeleteObjectTagging': (input) => bucket.deleteTags(input),
    's3.CreateMultipartUpload': (input) => bucket.openUpload(input),
    's3.ListParts': () => ({ IsTruncated: false }),
    's3.CompleteMultipartUpload': (input) => bucket.complete(input),
    's3.ListMultipartUploads': (input) => bucket.listUploads(input),
    's3.AbortMultipartUpload': (input) => bucket.abort(input),
    'ssm.GetParameters': ({ Names }: { Names: string[] }) => ({ Parameters: [], InvalidParameters: Names }),
  };
}
