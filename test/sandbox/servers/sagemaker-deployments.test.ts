import { readdir } from 'node:fs/promises';
import { DeleteEndpointCommand, UpdateEndpointCommand } from '@aws-sdk/client-sagemaker';
import { configure, deploy, describeEndpoint, invoke, prepare, scriptFiles, settled } from './sagemaker/hosting';
import { ACCOUNT, openStage, type Stage } from './sagemaker/stage';

jest.setTimeout(60_000);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  await prepare(stage, 'doubler', scriptFiles('2'));
  await prepare(stage, 'tripler', scriptFiles('3'));
  await deploy(stage, 'serving', 'doubler');
});
afterAll(() => stage.close());

const update = (name: string, config: string) =>
  stage.sagemaker.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: config }));

describe('updating an endpoint', () => {
  test('the old configuration serves until the new one does', async () => {
    await deploy(stage, 'updated', 'doubler');
    await update('updated', 'tripler');
    const meanwhile = await describeEndpoint(stage, 'updated');
    expect(meanwhile).toMatchObject({ EndpointStatus: 'Updating', EndpointConfigName: 'doubler' });
    expect(meanwhile.PendingDeploymentSummary).toMatchObject({ EndpointConfigName: 'tripler' });
    expect((await invoke(stage, 'updated', [1])).text).toBe('[2.0]');
    await expect(update('updated', 'doubler')).rejects.toThrow('Cannot update in-progress endpoint');
    await expect(stage.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'updated' }))).rejects.toThrow(
      'in-progress',
    );

    const after = await settled(stage, 'updated');
    expect(after).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'tripler' });
    expect(after.PendingDeploymentSummary).toBeUndefined();
    expect((await invoke(stage, 'updated', [1])).text).toBe('[3.0]');
  });

  test('a request that is being answered is not cut off', async () => {
    await deploy(stage, 'busy', 'doubler');
    await update('busy', 'tripler');
    const answers: Promise<{ text: string }>[] = [];
    while ((await describeEndpoint(stage, 'busy')).EndpointStatus === 'Updating') {
      answers.push(invoke(stage, 'busy', 'sleep'));
      await new Promise((done) => setTimeout(done, 300));
    }
    const texts = (await Promise.all(answers)).map(({ text }) => text);
    expect(texts.filter((text) => !['2.0', '3.0'].includes(text))).toEqual([]);
  });

  test('a configuration that fails leaves the old one serving, with the reason', async () => {
    await prepare(stage, 'broken', scriptFiles('broken'));
    await deploy(stage, 'steady', 'doubler');
    await update('steady', 'broken');
    const after = await settled(stage, 'steady');
    expect(after).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'doubler' });
    expect(after.FailureReason).toContain('could not convert string to float');
    expect((await invoke(stage, 'steady', [1])).text).toBe('[2.0]');
  });

  test('a real-time endpoint does not become serverless, a serverless one becomes real-time', async () => {
    await configure(stage, 'on-demand', 'doubler', { ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 } });
    await expect(update('serving', 'on-demand')).rejects.toMatchObject({ name: 'ValidationException' });
    await deploy(stage, 'on-demand');
    await update('on-demand', 'doubler');
    expect(await settled(stage, 'on-demand')).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'doubler',
    });
  });
});

describe('deleting an endpoint', () => {
  test('ends its worker, removes its folder, and then there is no such endpoint', async () => {
    await deploy(stage, 'short-lived', 'doubler');
    const { text } = await invoke(stage, 'short-lived', 'leak');
    const { cwd } = JSON.parse(text) as { cwd: string };
    await stage.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'short-lived' }));
    for (let tries = 0; tries < 100; tries += 1) {
      if (!(await describeEndpoint(stage, 'short-lived').catch(() => undefined))) break;
      await new Promise((done) => setTimeout(done, 50));
    }
    await expect(describeEndpoint(stage, 'short-lived')).rejects.toThrow('Could not find endpoint "arn:aws:sagemaker:');
    await expect(invoke(stage, 'short-lived', [1])).rejects.toMatchObject({
      name: 'ValidationError',
      message: `Endpoint short-lived of account ${ACCOUNT} not found.`,
    });
    await expect(readdir(cwd)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
