import { action, definition, FakePipeline, settle } from './fake-pipeline';

const two = definition({ Middle: [action('M')], Last: [action('L')] });

test('a new pipeline runs at once, stage by stage', async () => {
  const fake = new FakePipeline(two);
  for (const name of ['Source', 'M', 'L']) await fake.succeed(1, name);
  expect(fake.execution(1).trigger.triggerType).toBe('CreatePipeline');
  expect(fake.seen).toEqual([
    '1 InProgress',
    '1 Source InProgress',
    '1 Source InProgress',
    '1 Source Succeeded',
    '1 Source Succeeded',
    '1 Middle InProgress',
    '1 M InProgress',
    '1 M Succeeded',
    '1 Middle Succeeded',
    '1 Last InProgress',
    '1 L InProgress',
    '1 L Succeeded',
    '1 Last Succeeded',
    '1 Succeeded',
  ]);
});

test('actions of one run order run together, those of the next after them', async () => {
  const actions = [
    action('A'),
    action('B', { runOrder: 7 }),
    action('C', { runOrder: 1 }),
    action('D', { runOrder: 7 }),
  ];
  const fake = new FakePipeline(definition({ Stage: actions }));
  await fake.succeed(1, 'Source');
  expect(fake.runningNames()).toEqual(['1 A', '1 C']);
  await fake.succeed(1, 'A');
  expect(fake.runningNames()).toEqual(['1 C']);
  await fake.succeed(1, 'C');
  expect(fake.runningNames()).toEqual(['1 B', '1 D']);
});

test('a failed action lets those beside it end, and then fails its stage and the execution with its reason', async () => {
  const fake = new FakePipeline(definition({ Stage: [action('A'), action('B'), action('C', { runOrder: 2 })] }));
  await fake.succeed(1, 'Source');
  await fake.fail(1, 'A', 'broken');
  expect(fake.statuses()).toEqual(['InProgress']);
  await fake.succeed(1, 'B');
  expect(fake.statuses()).toEqual(['Failed']);
  expect(fake.execution(1).summary).toBe('Stage/A: broken');
  expect(fake.runningNames()).toEqual([]);
});

describe('in mode SUPERSEDED', () => {
  test('a stage has one execution at a time; a later one takes the place of the one that waits', async () => {
    const fake = new FakePipeline(two);
    await fake.succeed(1, 'Source');
    fake.start();
    await fake.succeed(2, 'Source');
    expect(fake.statuses()).toEqual(['InProgress', 'InProgress']);
    expect(fake.runningNames()).toEqual(['1 M']);
    fake.start();
    await fake.succeed(3, 'Source');
    expect(fake.statuses()).toEqual(['InProgress', 'Superseded', 'InProgress']);
    await fake.succeed(1, 'M');
    expect(fake.runningNames().sort()).toEqual(['1 L', '3 M']);
  });

  test('a failure makes way for the one that waits', async () => {
    const fake = new FakePipeline(two);
    await fake.succeed(1, 'Source');
    fake.start();
    await fake.succeed(2, 'Source');
    await fake.fail(1, 'M', 'no');
    expect(fake.statuses()).toEqual(['Failed', 'InProgress']);
    expect(fake.runningNames()).toEqual(['2 M']);
  });

  test('also in front of the source stage', async () => {
    const fake = new FakePipeline(two);
    fake.start();
    fake.start();
    await settle();
    expect(fake.statuses()).toEqual(['InProgress', 'Superseded', 'InProgress']);
    await fake.succeed(1, 'Source');
    expect(fake.runningNames().sort()).toEqual(['1 M', '3 Source']);
  });
});

describe('stopping', () => {
  test('waits for the actions that run, and starts no further ones', async () => {
    const fake = new FakePipeline(definition({ Stage: [action('A'), action('B', { runOrder: 2 })] }));
    await fake.succeed(1, 'Source');
    fake.pipelines.engine.stop(fake.pipeline, fake.execution(1), false, 'enough');
    expect(fake.statuses()).toEqual(['Stopping']);
    await fake.succeed(1, 'A');
    expect(fake.seen.slice(-4)).toEqual(['1 Stage Stopping', '1 A Succeeded', '1 Stage Stopped', '1 Stopped']);
    expect(fake.execution(1).summary).toBe('enough');
  });

  test('can be made an abandoning, which lets the actions alone where they are', async () => {
    const fake = new FakePipeline(two);
    await fake.succeed(1, 'Source');
    const { engine } = fake.pipelines;
    engine.stop(fake.pipeline, fake.execution(1), false, undefined);
    expect(() => engine.stop(fake.pipeline, fake.execution(1), false, undefined)).toThrow('is being stopped already');
    engine.stop(fake.pipeline, fake.execution(1), true, undefined);
    await settle();
    expect(fake.seen.slice(-3)).toEqual(['1 M Abandoned', '1 Middle Stopped', '1 Stopped']);
    await fake.succeed(1, 'M');
    expect(fake.execution(1).actions.at(-1)?.status).toBe('Abandoned');
    expect(() => engine.stop(fake.pipeline, fake.execution(1), true, undefined)).toThrow('has ended as Stopped');
  });

  test('by abandoning keeps an action from beginning anything further', async () => {
    const fake = new FakePipeline(two);
    const { job } = await fake.action(1, 'Source');
    expect(() => job.refuseAbandoned()).not.toThrow();
    fake.pipelines.engine.stop(fake.pipeline, fake.execution(1), true, undefined);
    expect(() => job.refuseAbandoned()).toThrow('abandoned');
  });

  test('ends at once what waits in front of a stage, and makes way', async () => {
    const fake = new FakePipeline(two);
    await fake.succeed(1, 'Source');
    fake.start();
    await fake.succeed(2, 'Source');
    fake.pipelines.engine.stop(fake.pipeline, fake.execution(2), false, undefined);
    expect(fake.statuses()).toEqual(['InProgress', 'Stopped']);
    fake.start();
    await fake.succeed(3, 'Source');
    await fake.succeed(1, 'M');
    expect(fake.runningNames().sort()).toEqual(['1 L', '3 M']);
  });
});

describe('an update of the definition', () => {
  const changed = definition({ Middle: [action('M')], New: [action('N')] });

  test('completes what runs and cancels it, also where nothing was left to run', async () => {
    const fake = new FakePipeline(two);
    for (const name of ['Source', 'M']) await fake.succeed(1, name);
    fake.pipelines.update(fake.pipeline.owner, changed);
    expect(fake.statuses()).toEqual(['InProgress']);
    await fake.succeed(1, 'L');
    expect(fake.seen.slice(-3)).toEqual(['1 L Succeeded', '1 Last Cancelled', '1 Cancelled']);
    expect(fake.pipeline.version).toBe(2);
  });

  test('cancels at once what waits; a new execution has the new definition, and waits for the stage to be free', async () => {
    const fake = new FakePipeline(two);
    await fake.succeed(1, 'Source');
    fake.start();
    await fake.succeed(2, 'Source');
    fake.pipelines.update(fake.pipeline.owner, changed);
    expect(fake.statuses()).toEqual(['InProgress', 'Cancelled']);
    fake.start();
    await fake.succeed(3, 'Source');
    expect(fake.runningNames()).toEqual(['1 M']);
    await fake.succeed(1, 'M');
    await fake.succeed(3, 'M');
    expect(fake.runningNames()).toEqual(['3 N']);
    expect(fake.execution(3).version).toBe(2);
  });

  test('that is refused changes nothing', async () => {
    const fake = new FakePipeline(two);
    expect(() => fake.pipelines.update(fake.pipeline.owner, { ...changed, stages: [] })).toThrow('two stages');
    expect([fake.pipeline.version, fake.statuses()]).toEqual([1, ['InProgress']]);
  });
});

test('artifacts, roles and the revision of the source reach later actions', async () => {
  const build = action('Build', { outputArtifacts: [{ name: 'Out' }], roleArn: 'arn:aws:iam::111122223333:role/own' });
  const fake = new FakePipeline(definition({ Build: [build] }));
  const taken = await fake.action(1, 'Source');
  expect(taken.job).toMatchObject({ roleArn: 'arn:aws:iam::111122223333:role/r', inputs: [] });
  const [code] = taken.job.outputs;
  expect(code?.location).toEqual({ bucket: 'bucket', key: expect.stringMatching(/^p\/Code\/\w{7}$/) });
  taken.succeed({ revision: { id: 'c0ffee', summary: 'x' } });
  const { job } = await fake.action(1, 'Build');
  expect(job.inputs).toEqual([code]);
  expect(job).toMatchObject({ roleArn: 'arn:aws:iam::111122223333:role/own', sourceRevision: 'c0ffee' });
});
