import { completePending, enrol, unenrol } from '../../../lambda/enrolment/enrol';
import { World } from '../../support/enrolment-world';

describe('enrolment', () => {
  test('records the model, makes its webhook and syncs it', async () => {
    const world = new World();
    await enrol('churn', 'stack/resource', world);
    expect(await world.list()).toEqual([{ modelName: 'churn', status: 'active' }]);
    expect([...world.webhooks]).toEqual(['churn']);
    expect(world.synced).toEqual(['churn']);
  });

  test('of a registry that does not answer fails and leaves nothing behind', async () => {
    const world = new World();
    world.reachable = false;
    await expect(enrol('churn', 'h', world)).rejects.toThrow('cannot be reached');
    expect(world.records.size).toBe(0);
  });

  test('twice is as once', async () => {
    const world = new World();
    await enrol('churn', 'h', world);
    await enrol('churn', 'h', world);
    await unenrol('churn', 'h', world);
    expect(world.records.size).toBe(0);
    expect(world.webhooks.size).toBe(0);
  });

  test('of a model that does not exist waits, and is completed once it does', async () => {
    const world = new World();
    await enrol('later', 'h', world);
    expect(await world.list()).toMatchObject([{ status: 'pending' }]);
    expect(await completePending(world)).toEqual({ pending: 1 });

    world.models.add('later');
    expect(await completePending(world)).toEqual({ pending: 0 });
    expect(world.synced).toEqual(['later']);
  });

  test('is left alone by the schedule while it is being made', async () => {
    const world = new World();
    await world.add('churn', 'h');
    expect(await completePending(world)).toEqual({ pending: 0 });
    expect(world.webhooks.size).toBe(0);
  });

  test('keeps waiting while the registry is down', async () => {
    const world = new World();
    await enrol('later', 'h', world);
    world.reachable = false;
    await expect(completePending(world)).rejects.toThrow('cannot be reached');
  });

  test('taken back removes the webhook and syncs once more, which marks the packages', async () => {
    const world = new World();
    await enrol('churn', 'h', world);
    await unenrol('churn', 'h', world);
    expect(world.webhooks.size).toBe(0);
    expect(world.synced).toEqual(['churn', 'churn']);
    await expect(unenrol('churn', 'h', world)).resolves.toBeUndefined();
  });

  test('held by two stays until the second lets go', async () => {
    const world = new World();
    await enrol('churn', 'old', world);
    await enrol('churn', 'new', world);
    await unenrol('churn', 'old', world);
    expect([...world.webhooks]).toEqual(['churn']);
    await unenrol('churn', 'new', world);
    expect(world.webhooks.size).toBe(0);
  });
});
