import {
  AddTagsCommand,
  DeleteModelPackageCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  ListTagsCommand,
  UpdateModelPackageCommand,
} from '@aws-sdk/client-sagemaker';
import { ACCOUNT, openStage, REGION, registerVersion, type Stage } from './sagemaker/stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const groupArn = (name: string) => `arn:aws:sagemaker:${REGION}:${ACCOUNT}:model-package-group/${name}`;
const packageArn = (name: string) => `arn:aws:sagemaker:${REGION}:${ACCOUNT}:model-package/${name}`;
const describePackage = (arn: string) =>
  stage.sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
const update = (arn: string, changes: Partial<UpdateModelPackageCommand['input']>) =>
  stage.sagemaker.send(new UpdateModelPackageCommand({ ModelPackageArn: arn, ...changes }));

describe('updating', () => {
  test('leaves unsent members alone and merges metadata key by key', async () => {
    const arn = await registerVersion(stage, 'merged', {
      CustomerMetadataProperties: { keep: '1', change: '2', drop: '3' },
    });
    await update(arn, { ModelApprovalStatus: 'Approved', ApprovalDescription: 'good' });
    await update(arn, {
      CustomerMetadataProperties: { change: '4', add: '5' },
      CustomerMetadataPropertiesToRemove: ['drop'],
    });
    const details = await describePackage(arn);
    expect(details).toMatchObject({ ModelApprovalStatus: 'Approved', ApprovalDescription: 'good' });
    expect(details.CustomerMetadataProperties).toEqual({ keep: '1', change: '4', add: '5' });
    expect(details.InferenceSpecification?.Containers).toHaveLength(1);
    expect(details.LastModifiedTime).toBeInstanceOf(Date);
  });

  test('counts metadata after the merge', async () => {
    const many = (prefix: string) => Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`${prefix}${n}`, 'v']));
    const arn = await registerVersion(stage, 'limited', { CustomerMetadataProperties: many('a') });
    await expect(update(arn, { CustomerMetadataProperties: many('b') })).rejects.toThrow('at most 50');
    await update(arn, {
      CustomerMetadataProperties: many('b'),
      CustomerMetadataPropertiesToRemove: Object.keys(many('a')),
    });
    expect(Object.keys((await describePackage(arn)).CustomerMetadataProperties ?? {})).toHaveLength(30);
  });

  test('a version is found by ARN only', async () => {
    const arn = await registerVersion(stage, 'by-arn');
    await expect(describePackage('by-arn/1')).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await describePackage(arn)).ModelPackageVersion).toBe(1);
    await expect(describePackage(packageArn('by-arn/9'))).rejects.toThrow(
      `ModelPackage ${packageArn('by-arn/9')} does not exist.`,
    );
  });
});

describe('lists', () => {
  beforeAll(async () => {
    for (let n = 1; n <= 12; n += 1)
      await registerVersion(stage, 'listed', n > 10 ? { ModelApprovalStatus: 'Approved' } : {});
  });
  const list = (input: ListModelPackagesCommand['input']) => stage.sagemaker.send(new ListModelPackagesCommand(input));
  const versions = (answer: Awaited<ReturnType<typeof list>>) =>
    answer.ModelPackageSummaryList?.map((each) => each.ModelPackageVersion);

  test('ten a page, the rest behind a token', async () => {
    const first = await list({ ModelPackageGroupName: 'listed' });
    expect(versions(first)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const second = await list({ ModelPackageGroupName: 'listed', NextToken: first.NextToken });
    expect(versions(second)).toEqual([11, 12]);
    expect(second.NextToken).toBeUndefined();
  });

  test('newest first, by approval, by group ARN', async () => {
    const answer = await list({
      ModelPackageGroupName: groupArn('listed'),
      ModelApprovalStatus: 'Approved',
      SortOrder: 'Descending',
    });
    expect(versions(answer)).toEqual([12, 11]);
  });

  test('without a group there are versions on request only', async () => {
    expect(versions(await list({ MaxResults: 100 }))).toEqual([]);
    expect(versions(await list({ MaxResults: 100, ModelPackageType: 'Versioned' }))).not.toEqual([]);
  });

  test('what is added or deleted between two pages moves nothing', async () => {
    const arns = [];
    for (let n = 1; n <= 3; n += 1) arns.push(await registerVersion(stage, 'moving'));
    const ModelPackageGroupName = 'moving';
    const first = await list({ ModelPackageGroupName, MaxResults: 2 });
    await stage.sagemaker.send(new DeleteModelPackageCommand({ ModelPackageName: arns[0] }));
    await registerVersion(stage, 'moving');
    expect(versions(await list({ ModelPackageGroupName, NextToken: first.NextToken }))).toEqual([3, 4]);
  });

  test('a token of no list or of another order, a page of 101 and other filters are refused', async () => {
    const { NextToken } = await list({ ModelPackageGroupName: 'listed' });
    const invalid = { name: 'ValidationException', message: expect.stringContaining('Invalid NextToken') };
    await expect(list({ NextToken: 'nonsense' })).rejects.toMatchObject(invalid);
    await expect(list({ NextToken, SortOrder: 'Descending' })).rejects.toMatchObject(invalid);
    await expect(list({ MaxResults: 101 })).rejects.toThrow('Member must have value less than or equal to 100');
    await expect(list({ NameContains: 'x' })).rejects.toThrow("sandbox's SageMaker does not have NameContains");
  });
});

describe('tags', () => {
  test('a group has tags, a version has none', async () => {
    const version = await registerVersion(stage, 'tagged');
    const arn = groupArn('tagged');
    await stage.sagemaker.send(
      new AddTagsCommand({
        ResourceArn: arn,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    await stage.sagemaker.send(new AddTagsCommand({ ResourceArn: arn, Tags: [{ Key: 'a', Value: '3' }] }));
    const { Tags } = await stage.sagemaker.send(new ListTagsCommand({ ResourceArn: arn }));
    expect(Tags).toEqual([
      { Key: 'a', Value: '3' },
      { Key: 'b', Value: '2' },
    ]);
    const onVersion = new AddTagsCommand({ ResourceArn: version, Tags: [{ Key: 'a', Value: '1' }] });
    await expect(stage.sagemaker.send(onVersion)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('state change events', () => {
  const eventsOf = async (arn: string, count: number) => {
    const found = () => stage.aws.events.filter(({ Resources }) => Resources.includes(arn));
    for (let tries = 0; tries < 100 && found().length < count; tries += 1)
      await new Promise((done) => setTimeout(done, 20));
    return found();
  };

  test('creation, approval and a change of an approved version are announced', async () => {
    const arn = await registerVersion(stage, 'announced');
    await update(arn, { ModelApprovalStatus: 'Approved' });
    await update(arn, { CustomerMetadataProperties: { a: 'b' } });
    const events = await eventsOf(arn, 3);
    expect(events.map(({ detail }) => detail.ModelApprovalStatus)).toEqual([
      'PendingManualApproval',
      'Approved',
      'Approved',
    ]);
    expect(events[2]).toMatchObject({
      account: ACCOUNT,
      Source: 'aws.sagemaker',
      DetailType: 'SageMaker Model Package State Change',
      detail: {
        ModelPackageGroupName: 'announced',
        ModelPackageVersion: 1,
        ModelPackageArn: arn,
        ModelPackageStatus: 'Completed',
        CertifyForMarketplace: false,
        UpdatedModelPackageFields: ['CustomerMetadataProperties'],
        CreationTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    });
  });

  test('an event that the bus refuses is logged and fails no call', async () => {
    stage.aws.refusal = {
      ErrorCode: 'NotAuthorizedForSourceException',
      ErrorMessage: 'Not authorized for the source.',
    };
    const arn = await registerVersion(stage, 'unheard');
    for (let tries = 0; tries < 100 && !stage.log.some((line) => line.includes(arn)); tries += 1) {
      await new Promise((done) => setTimeout(done, 20));
    }
    stage.aws.refusal = undefined;
    expect(stage.log.find((line) => line.includes(arn))).toContain('NotAuthorizedForSourceException');
  });
});
