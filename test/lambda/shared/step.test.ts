import { asStepError } from '../../../lambda/shared/step';

const named = (name: string, over: object = {}) => Object.assign(new Error('why'), { name }, over);

test.each([
  ['throttling', named('ThrottlingException')],
  ['a conflict', named('ConflictException')],
  ['a conflict of two writers', named('ConditionalRequestConflict')],
  ['a 500 of AWS', named('SomethingNew', { $metadata: { httpStatusCode: 500 } })],
  ['what the SDK calls retryable', named('SomethingNew', { $retryable: {} })],
  ['a refused connection', named('Error', { code: 'ECONNREFUSED' })],
  ['a download that broke off', named('TypeError', { cause: { code: 'UND_ERR_SOCKET' } })],
])('%s is tried again', (_what, error) => {
  expect(asStepError(error)).toMatchObject({ name: 'TransientError', message: expect.stringContaining('why') });
});

test('an answer without a body is told by its status', () => {
  // What the SDK makes of a HEAD that S3 is too busy for.
  const error = Object.assign(new Error('UnknownError'), { name: 'Unknown', $metadata: { httpStatusCode: 503 } });
  expect(asStepError(error)).toMatchObject({ name: 'TransientError', message: 'Unknown: answered 503' });
});

test.each([
  named('RefusedError'),
  named('ClaimLostError'),
  named('AccessDeniedException', { $metadata: { httpStatusCode: 400 } }),
])('%s is not', (error) => {
  expect(asStepError(error)).toBe(error);
});
