import { asStepError } from '../../../lambda/shared/step';

const named = (name: string, over: object = {}) => Object.assign(new Error('why'), { name }, over);

test.each([
  ['throttling', named('ThrottlingException')],
  ['a conflict', named('ConflictException')],
  ['a 500 of AWS', named('SomethingNew', { $metadata: { httpStatusCode: 500 } })],
  ['what the SDK calls retryable', named('SomethingNew', { $retryable: {} })],
  ['a refused connection', named('Error', { code: 'ECONNREFUSED' })],
  ['a download that broke off', named('TypeError', { cause: { code: 'UND_ERR_SOCKET' } })],
])('%s is tried again', (_what, error) => {
  expect(asStepError(error)).toMatchObject({ name: 'TransientError', message: expect.stringContaining('why') });
});

test.each([
  named('RefusedError'),
  named('ClaimLostError'),
  named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } }),
])('%s is not', (error) => {
  expect(asStepError(error)).toBe(error);
});
