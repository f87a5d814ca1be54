import { Accounts } from '../../../../sandbox/aws-json/accounts';
import { callerOf, type Headers } from '../../../../sandbox/aws-json/caller';
import { startFakeServer } from '../../../support/fake-server';

const sts = startFakeServer();
const header = (key: string, service = 'sagemaker') =>
  `AWS4-HMAC-SHA256 Credential=${key}/20270101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
const call = (authorization: string | undefined, headers: Headers = {}) =>
  callerOf({ ...headers, authorization }, 'sagemaker', new Accounts(sts.url()));

const identity = (account: string) =>
  `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

test('an access key of twelve digits is the account', async () => {
  expect(await call(header('111122223333'))).toEqual({ account: '111122223333', region: 'eu-west-1' });
});

test("a session's access key is of the account that STS names for it, asked once", async () => {
  const asked: string[] = [];
  sts.answer = (request, response) => {
    asked.push(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    response.writeHead(200, { 'content-type': 'text/xml' }).end(identity('444455556666'));
  };
  const accounts = new Accounts(sts.url());
  for (const _each of [1, 2]) {
    const caller = await callerOf({ authorization: header('ASIASESSION') }, 'sagemaker', accounts);
    expect(caller).toEqual({ account: '444455556666', region: 'eu-west-1' });
  }
  expect(asked).toEqual(['ASIASESSION']);
});

test('an access key that nobody knows is of the default account', async () => {
  sts.answer = (_request, response) => response.writeHead(403).end();
  expect(await call(header('AKIAEXAMPLE'))).toEqual({ account: '000000000000', region: 'eu-west-1' });
});

test('what calls is known of a function and of a rule that EventBridge calls for, not of a session', async () => {
  const account = { account: '111122223333', region: 'eu-west-1' };
  const lambda = 'arn:aws:lambda:eu-west-1:111122223333:function:f';
  const rule = 'arn:aws:events:eu-west-1:111122223333:rule/r';
  const signed = header('111122223333');
  expect(await call(signed, { 'x-amz-security-token': lambda })).toEqual({ ...account, identity: lambda });
  expect(await call(signed, { 'x-source-arn': rule })).toEqual({ ...account, identity: rule });
  expect(await call(signed, { 'x-amz-security-token': 'opaque' })).toEqual(account);
});

test.each([undefined, 'Basic x', header('111122223333', 's3')])('%s is refused', async (authorization) => {
  await expect(call(authorization)).rejects.toMatchObject({ status: 403 });
});
