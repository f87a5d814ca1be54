import { parseSyncRequest } from '../../../lambda/list/sync-request';

test.each([
  [{}, {}],
  [{ modelName: 'churn' }, { modelName: 'churn' }],
])('%j is taken', (input, request) => {
  expect(parseSyncRequest(input)).toEqual(request);
});

test.each([[{ model: 'churn' }], [{ modelName: '' }], [{ modelName: 3 }], ['churn'], [null]])(
  '%j is refused with the two forms',
  (input) => {
    expect(() => parseSyncRequest(input)).toThrow('{"modelName"');
  },
);
