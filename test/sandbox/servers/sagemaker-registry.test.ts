import {
  CreateModelPackageGroupCommand,
  DeleteModelPackageCommand,
  DeleteModelPackageGroupCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  ListModelPackageGroupsCommand,
  type ModelApprovalStatus,
} from '@aws-sdk/client-sagemaker';
import { ACCOUNT, IMAGE, openStage, REGION, registerVersion, type Stage } from './sagemaker/stage';

const OWN = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const groupArn = (name: string) => `arn:aws:sagemaker:${REGION}:${ACCOUNT}:model-package-group/${name}`;
const packageArn = (name: string) => `arn:aws:sagemaker:${REGION}:${ACCOUNT}:model-package/${name}`;
const describePackage = (arn: string) =>
  stage.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
const createGroup = (name: string) =>
  stage.sagemaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: name }));

describe('model package groups', () => {
  test('a group is described by name and by ARN', async () => {
    const { ModelPackageGroupArn: arn } = await createGroup('described');
    expect(arn).toBe(groupArn('described'));
    for (const ModelPackageGroupName of ['described', groupArn('described')]) {
      const group = await stage.sagemaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName }));
      expect(group).toMatchObject({
        ModelPackageGroupName: 'described',
        ModelPackageGroupStatus: 'Completed',
        CreatedBy: {},
      });
      expect(group.CreationTime).toBeInstanceOf(Date);
    }
  });

  test('a name that is taken is refused', async () => {
    await createGroup('taken');
    await expect(createGroup('taken')).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Model Package Group already exists'),
    });
  });

  test("a name that breaks the pattern is refused in AWS's words", async () => {
    await expect(createGroup('no_underscores')).rejects.toMatchObject({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value 'no_underscores' at 'modelPackageGroupName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}',
    });
  });

  test('a group that is missing does not exist', async () => {
    const command = new DescribeModelPackageGroupCommand({ ModelPackageGroupName: 'missing' });
    await expect(stage.sagemaker.send(command)).rejects.toMatchObject({
      name: 'ValidationException',
      message: `ModelPackageGroup ${groupArn('missing')} does not exist.`,
    });
  });

  test('a group with packages is not deleted, an empty one is', async () => {
    const arn = await registerVersion(stage, 'in-use');
    const remove = () => stage.sagemaker.send(new DeleteModelPackageGroupCommand({ ModelPackageGroupName: 'in-use' }));
    await expect(remove()).rejects.toMatchObject({ name: 'ConflictException' });
    await stage.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: arn }));
    await remove();
    await expect(remove()).rejects.toThrow('does not exist');
  });

  test('accounts and regions have groups of their own', async () => {
    await createGroup('private');
    for (const client of [stage.clientOf('444455556666', REGION), stage.clientOf(ACCOUNT, 'eu-west-1')]) {
      const { ModelPackageGroupSummaryList: groups } = await client.send(new ListModelPackageGroupsCommand({}));
      expect(groups).toEqual([]);
    }
  });
});

describe('registering', () => {
  test('versions count up, and the number of a deleted one never comes back', async () => {
    const first = await registerVersion(stage, 'counted');
    const second = await registerVersion(stage, 'counted');
    expect([first, second]).toEqual([packageArn('counted/1'), packageArn('counted/2')]);
    await stage.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: second }));
    expect(await registerVersion(stage, 'counted', { ModelPackageGroupName: groupArn('counted') })).toBe(
      packageArn('counted/3'),
    );
  });

  test('versions registered at once get different numbers', async () => {
    await createGroup('crowded');
    const arns = await Promise.all(Array.from({ length: 8 }, () => registerVersion(stage, 'crowded')));
    expect(new Set(arns).size).toBe(8);
  });

  test('a replayed client token answers the same version, even at once', async () => {
    await createGroup('replayed');
    const token = { ClientToken: 'run-1' };
    const arns = await Promise.all([1, 2, 3].map(() => registerVersion(stage, 'replayed', token)));
    expect(new Set(arns)).toEqual(new Set([packageArn('replayed/1')]));
    expect(await registerVersion(stage, 'replayed', { ClientToken: 'run-2' })).toBe(packageArn('replayed/2'));
  });

  test('a version is Completed, waits for approval, and knows the etag of its archive', async () => {
    const details = await describePackage(
      await registerVersion(stage, 'fresh', { CustomerMetadataProperties: { a: 'b' } }),
    );
    expect(details).toMatchObject({
      ModelPackageGroupName: 'fresh',
      ModelPackageVersion: 1,
      ModelPackageStatus: 'Completed',
      ModelApprovalStatus: 'PendingManualApproval',
      CustomerMetadataProperties: { a: 'b' },
      InferenceSpecification: { Containers: [{ Image: IMAGE, ModelDataETag: '0123456789abcdef' }] },
    });
    expect(details.ModelPackageName).toBeUndefined();
    expect(details.LastModifiedTime).toBeUndefined();
  });

  test('the archive is looked up as the account that registers', async () => {
    await registerVersion(stage, 'reader');
    expect(stage.aws.readers.get('models/model.tar.gz')).toBe(ACCOUNT);
  });

  test('an image of the own account is looked up in the name of the function that registers', async () => {
    const function_ = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:registers`;
    const client = stage.clientOf(ACCOUNT, REGION, function_);
    stage.aws.images.add('own:1');
    await registerVersion({ ...stage, sagemaker: client }, 'own', {
      InferenceSpecification: { Containers: [{ Image: `${OWN}/own:1` }] },
    });
    for (const action of ['DescribeImages', 'BatchGetImage']) {
      expect(stage.aws.readers.get(`${action} own:1`)).toBe(function_);
    }
  });

  const container = { Image: IMAGE, ModelDataUrl: 's3://models/model.tar.gz' };
  const specification = (changes: object) => ({
    InferenceSpecification: { Containers: [{ ...container, ...changes }] },
  });
  test.each([
    ['tags', { Tags: [{ Key: 'a', Value: 'b' }] }, 'Tags cannot be given for a versioned model package'],
    [
      'an archive that is not there',
      specification({ ModelDataUrl: 's3://models/none.tar.gz' }),
      'Could not find model data at s3://models/none.tar.gz.',
    ],
    ['an image outside ECR', specification({ Image: 'python:3.12' }), 'Using non-ECR image "python:3.12"'],
    [
      'an image of the own account that is not there',
      specification({ Image: `${OWN}/own:none` }),
      `Requested image ${OWN}/own:none not found.`,
    ],
    ['no image', specification({ Image: undefined }), 'Image must be provided'],
    ['a bucket without a key', specification({ ModelDataUrl: 's3://models' }), 'names no object in S3'],
    ['JSON as metadata', { CustomerMetadataProperties: { a: '{"b": 1}' } }, 'Map value must satisfy constraint'],
    [
      'an unknown approval',
      { ModelApprovalStatus: 'Maybe' as ModelApprovalStatus },
      'Member must satisfy enum value set',
    ],
    ['a group that does not exist', { ModelPackageGroupName: 'absent' }, 'does not exist'],
  ])('%s is refused', async (_what, changes, message) => {
    await expect(registerVersion(stage, 'refusals', changes)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });
});
