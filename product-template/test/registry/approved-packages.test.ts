import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { approvedPackages } from '../../lib/registry/approved-packages';
import { type Answer, type Call, FakeAws } from '../support/fake-aws';
import { GROUP, packageArn } from '../support/fixtures';

let aws: FakeAws;
let answer: (call: Call) => Answer;

beforeAll(async () => {
  aws = await FakeAws.start((call) => answer(call));
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.calls.length = 0;
});

const read = () => approvedPackages(new SageMakerClient(aws.client), GROUP);
const refused = (message: string, code = 'ValidationException'): Answer => ({
  status: 400,
  body: { __type: code, message },
});
const listed = (...numbers: number[]) => numbers.map((number) => ({ ModelPackageArn: packageArn(number) }));
const described = (): Answer => ({
  body: { ModelApprovalStatus: 'Approved', CustomerMetadataProperties: { mlflow_version: '1' } },
});

test('all pages of the approved packages, a hundred at a time, each described', async () => {
  answer = ({ action, input }) => {
    if (action === 'DescribeModelPackage') {
      return described();
    }
    const page = Number(input.NextToken ?? 0);
    const first = page * 10;
    return {
      body: {
        ModelPackageSummaryList: listed(...Array.from({ length: 10 }, (_, index) => first + index)),
        ...(page < 2 ? { NextToken: String(page + 1) } : {}),
      },
    };
  };
  const packages = await read();
  expect(packages.map(({ arn }) => arn)).toEqual(Array.from({ length: 30 }, (_, number) => packageArn(number)));
  expect(packages[7]).toEqual({ arn: packageArn(7), approval: 'Approved', metadata: { mlflow_version: '1' } });
  const lists = aws.calls.filter(({ action }) => action === 'ListModelPackages');
  expect(lists.map(({ input }) => input)).toEqual([
    { ModelPackageGroupName: GROUP, ModelApprovalStatus: 'Approved', MaxResults: 100 },
    { ModelPackageGroupName: GROUP, ModelApprovalStatus: 'Approved', MaxResults: 100, NextToken: '1' },
    { ModelPackageGroupName: GROUP, ModelApprovalStatus: 'Approved', MaxResults: 100, NextToken: '2' },
  ]);
});

test('a group that does not exist has no packages', async () => {
  answer = () => refused(`Model Package Group arn:aws:sagemaker:::model-package-group/${GROUP} does not exist.`);
  expect(await read()).toEqual([]);
});

test('a package that was deleted since it was listed is left out; one that was rejected says so', async () => {
  answer = ({ action, input }) => {
    if (action === 'ListModelPackages') {
      return { body: { ModelPackageSummaryList: listed(1, 2) } };
    }
    return input.ModelPackageName === packageArn(1)
      ? refused(`ModelPackage ${packageArn(1)} does not exist.`)
      : { body: { ModelApprovalStatus: 'Rejected' } };
  };
  expect(await read()).toEqual([{ arn: packageArn(2), approval: 'Rejected', metadata: {} }]);
});

test.each([
  [{ ModelDataUrl: 's3://archives/model.tar.gz' }, undefined],
  [{ ModelDataSource: { S3DataSource: { S3DataType: 'S3Object', CompressionType: 'Gzip' } } }, undefined],
  [{ ModelDataSource: { S3DataSource: { S3DataType: 'S3Prefix', CompressionType: 'None' } } }, true],
])('whether the model data are no archive is what the package itself says: %j', async (container, uncompressed) => {
  answer = ({ action }) =>
    action === 'ListModelPackages'
      ? { body: { ModelPackageSummaryList: listed(1) } }
      : { body: { ModelApprovalStatus: 'Approved', InferenceSpecification: { Containers: [container] } } };
  expect((await read())[0]?.uncompressed).toBe(uncompressed);
});

test.each([
  ['AccessDeniedException', 'User is not authorized to perform: sagemaker:ListModelPackages'],
  ['ValidationException', '1 validation error detected'],
])('anything else is an error: %s', async (code, message) => {
  answer = () => refused(message, code);
  await expect(read()).rejects.toThrow(message);
});
