import { ENROLLED_SECONDS, rememberEnrolled } from '../../../lambda/webhook/enrolled';

/** A store that counts what it is asked for, and a clock. */
function world(enrolled: string[]) {
  const asked: string[] = [];
  const clock = { now: 1_000 };
  const ask = async (modelName: string) => {
    asked.push(modelName);
    return enrolled.includes(modelName);
  };
  return { asked, clock, enrolled, isEnrolled: rememberEnrolled(ask, () => clock.now) };
}

test('an enrolled model is asked for once a minute', async () => {
  const { asked, clock, isEnrolled } = world(['churn']);
  expect(await isEnrolled('churn')).toBe(true);
  clock.now += ENROLLED_SECONDS - 1;
  expect(await isEnrolled('churn')).toBe(true);
  expect(asked).toEqual(['churn']);
  clock.now += 1;
  expect(await isEnrolled('churn')).toBe(true);
  expect(asked).toEqual(['churn', 'churn']);
});

test('a model that is not enrolled is asked for each time, so that its enrolment counts at once', async () => {
  const { asked, enrolled, isEnrolled } = world([]);
  expect(await isEnrolled('churn')).toBe(false);
  enrolled.push('churn');
  expect(await isEnrolled('churn')).toBe(true);
  expect(asked).toHaveLength(2);
});

test('a model that is enrolled no more is known as such after a minute', async () => {
  const { clock, enrolled, isEnrolled } = world(['churn']);
  await isEnrolled('churn');
  enrolled.pop();
  clock.now += ENROLLED_SECONDS;
  expect(await isEnrolled('churn')).toBe(false);
});

test('however many models there are, few are remembered', async () => {
  const names = Array.from({ length: 2_500 }, (_, index) => `model-${index}`);
  const { asked, isEnrolled } = world(names);
  for (const name of [...names, ...names]) {
    expect(await isEnrolled(name)).toBe(true);
  }
  expect(asked.length).toBeGreaterThan(names.length);
});

test('an error of the store is the answer, and is not remembered', async () => {
  let fails = true;
  const isEnrolled = rememberEnrolled(
    async () => {
      if (fails) {
        throw new Error('throttled');
      }
      return true;
    },
    () => 0,
  );
  await expect(isEnrolled('churn')).rejects.toThrow('throttled');
  fails = false;
  expect(await isEnrolled('churn')).toBe(true);
});
