import { withNewest } from '../../../lambda/enrolment/with-newest';

test('the newest secret is handed on once', async () => {
  const handed: string[] = [];
  const result = await withNewest(
    async () => 'a',
    async (secret) => handed.push(secret),
  );
  expect([result, handed]).toEqual([1, ['a']]);
});

test('a secret that came while an older one was handed on is handed on after it', async () => {
  let newest = 'a';
  let registryHas = '';
  await withNewest(
    async () => newest,
    async (secret) => {
      if (newest === 'a') {
        // A whole rotation, which gives the registry its own.
        newest = 'b';
        registryHas = 'b';
      }
      registryHas = secret;
    },
  );
  expect(registryHas).toBe('b');
});

test('an error is handed on', async () => {
  await expect(
    withNewest(
      async () => 'a',
      () => Promise.reject(new Error('registry refuses')),
    ),
  ).rejects.toThrow('registry refuses');
});
