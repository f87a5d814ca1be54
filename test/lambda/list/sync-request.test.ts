import { parseSyncRequest } from '../../../lambda/list/sync-request';

test.each([
  [{}, {}],
  [{ modelName: 'churn' }, { modelName: 'churn' }],
  [
    { modelName: 'churn', verify: true },
    { modelName: 'churn', verify: true },
  ],
  [{ verify: true }, { verify: true }],
  [{ verify: false }, {}],
  [{ confirmDeletions: true }, { confirmDeletions: true }],
  [
    { modelName: 'churn', fullSync: 'hourly-1' },
    { modelName: 'churn', fullSync: 'hourly-1' },
  ],
])('%j is taken', (input, request) => {
  expect(parseSyncRequest(input)).toEqual(request);
});

test.each([[{ model: 'churn' }], [{ modelName: '' }], [{ modelName: 3 }], [{ verify: 'yes' }], ['churn'], [null]])(
  '%j is refused with the two forms',
  (input) => {
    expect(() => parseSyncRequest(input)).toThrow('{"modelName"');
  },
);
