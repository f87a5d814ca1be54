import { javaPattern } from '../../../sandbox/aws-json/java-pattern';
import { loadServiceModel } from '../../../sandbox/aws-json/service-model';
import { ACCOUNT, openStage, REGION, requirePython, type Stage } from './sagemaker/stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const signature = (service: string, account = ACCOUNT) =>
  `AWS4-HMAC-SHA256 Credential=${account}/20270101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

async function post(target: string, body: string, authorization: string | undefined = signature('sagemaker')) {
  const headers = { 'X-Amz-Target': target, 'Content-Type': 'application/x-amz-json-1.1' };
  const signed = authorization === '' ? headers : { ...headers, Authorization: authorization };
  const response = await fetch(stage.url, { method: 'POST', headers: signed, body });
  const text = await response.text();
  return { status: response.status, text, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

const call = (action: string, input: object) => post(`SageMaker.${action}`, JSON.stringify(input));

test('times are epoch seconds, and what is not set is not there', async () => {
  await call('CreateModelPackageGroup', { ModelPackageGroupName: 'wire' });
  const { json } = await call('DescribeModelPackageGroup', { ModelPackageGroupName: 'wire' });
  expect(Object.keys(json).sort()).toEqual(
    ['CreatedBy', 'CreationTime', 'ModelPackageGroupArn', 'ModelPackageGroupName', 'ModelPackageGroupStatus'].sort(),
  );
  expect(Math.abs(Number(json.CreationTime) - Date.now() / 1000)).toBeLessThan(60);
});

test('an action without output answers an empty body', async () => {
  await call('CreateModelPackageGroup', { ModelPackageGroupName: 'emptied' });
  expect(await call('DeleteModelPackageGroup', { ModelPackageGroupName: 'emptied' })).toMatchObject({
    status: 200,
    text: '',
  });
});

test('an access key that is no account number is account 000000000000', async () => {
  const body = JSON.stringify({ ModelPackageGroupName: 'nobody' });
  const { json } = await post('SageMaker.CreateModelPackageGroup', body, signature('sagemaker', 'AKIATEST'));
  expect(json.ModelPackageGroupArn).toBe(`arn:aws:sagemaker:${REGION}:000000000000:model-package-group/nobody`);
});

test.each([
  ['no signature', 'SageMaker.ListModelPackages', '{}', '', 403, 'MissingAuthenticationTokenException'],
  [
    'a signature for another service',
    'SageMaker.ListModelPackages',
    '{}',
    signature('s3'),
    403,
    'InvalidSignatureException',
  ],
  [
    'a signature of another kind',
    'SageMaker.ListModelPackages',
    '{}',
    'Bearer token',
    403,
    'IncompleteSignatureException',
  ],
  ['an operation that AWS does not have', 'SageMaker.MakeCoffee', '{}', undefined, 400, 'UnknownOperationException'],
  ['an operation that only AWS has', 'SageMaker.CreateTrainingJob', '{}', undefined, 501, 'UnknownOperationException'],
  ['a target that is inherited', 'SageMaker.constructor', '{}', undefined, 400, 'UnknownOperationException'],
  ['a body that is no JSON', 'SageMaker.ListModelPackages', '{', undefined, 400, 'SerializationException'],
  ['a body that is no object', 'SageMaker.ListModelPackages', '[]', undefined, 400, 'SerializationException'],
  ['a misspelled member', 'SageMaker.ListModelPackages', '{"MaxResult": 1}', undefined, 400, 'SerializationException'],
  [
    'a member of the wrong type',
    'SageMaker.ListModelPackages',
    '{"MaxResults": "1"}',
    undefined,
    400,
    'SerializationException',
  ],
  ['a value out of range', 'SageMaker.ListModelPackages', '{"MaxResults": 0}', undefined, 400, 'ValidationException'],
])('%s is refused', async (_what, target, body, authorization, status, code) => {
  const answer = await post(target, body, authorization);
  expect({ status: answer.status, code: answer.json.__type }).toEqual({ status, code });
});

test("every pattern of AWS's model compiles, and metadata may have letters of any script", async () => {
  const { shapes } = await loadServiceModel(requirePython(), 'sagemaker');
  for (const { pattern } of Object.values(shapes)) if (pattern !== undefined) javaPattern(pattern);
  const metadata = javaPattern(shapes.CustomerMetadataValue?.pattern ?? '');
  expect(['models:/m-1', 'größe 3', '模型'].every((value) => metadata.test(value))).toBe(true);
  expect(['"quoted"', 'a,b', '[1]', 'a\n'].some((value) => metadata.test(value))).toBe(false);
});

test('an interpreter without botocore is named', async () => {
  await expect(loadServiceModel('/no/such/python', 'sagemaker')).rejects.toThrow(
    '/no/such/python cannot say where its botocore is',
  );
});
