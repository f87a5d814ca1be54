import { completePending, type EnrolmentEffects, enrol, unenrol } from '../../../lambda/enrolment/enrol';
import type { EnrolmentStatus } from '../../../lambda/shared/store/enrolments';

/** A registry and a store in memory, with what they were asked to do. */
class World implements EnrolmentEffects {
  readonly records = new Map<string, { status: EnrolmentStatus; holders: Set<string> }>();
  readonly models = new Set(['churn', 'fraud']);
  readonly webhooks = new Set<string>();
  readonly synced: string[] = [];
  watching = false;
  reachable = true;

  async add(modelName: string, _group: string, holder: string): Promise<void> {
    const record = this.records.get(modelName) ?? { status: 'pending', holders: new Set() };
    record.holders.add(holder);
    this.records.set(modelName, record);
  }
  async remove(modelName: string, holder: string): Promise<boolean> {
    const record = this.records.get(modelName);
    record?.holders.delete(holder);
    if (record !== undefined && record.holders.size > 0) {
      return false;
    }
    this.records.delete(modelName);
    return true;
  }
  async setStatus(modelName: string, status: EnrolmentStatus): Promise<void> {
    const record = this.records.get(modelName);
    if (record !== undefined) {
      record.status = status;
    }
  }
  async list() {
    return [...this.records].map(([modelName, { status }]) => ({ modelName, groupName: modelName, status }));
  }
  async ping(): Promise<void> {
    if (!this.reachable) {
      throw new Error('registry cannot be reached');
    }
  }
  async ensureWebhook(modelName: string) {
    await this.ping();
    if (!this.models.has(modelName)) {
      return 'model-missing' as const;
    }
    this.webhooks.add(modelName);
    return 'active' as const;
  }
  async removeWebhook(modelName: string, _last: boolean): Promise<void> {
    this.webhooks.delete(modelName);
  }
  async watchPending(on: boolean): Promise<void> {
    this.watching = on;
  }
  async startSync(modelName: string): Promise<void> {
    this.synced.push(modelName);
  }
}

describe('enrolment', () => {
  test('records the model, makes its webhook and syncs it', async () => {
    const world = new World();
    await enrol('churn', 'churn', 'stack/resource', world);
    expect(await world.list()).toEqual([{ modelName: 'churn', groupName: 'churn', status: 'active' }]);
    expect([...world.webhooks]).toEqual(['churn']);
    expect(world.synced).toEqual(['churn']);
    expect(world.watching).toBe(false);
  });

  test('of a registry that does not answer fails and leaves nothing behind', async () => {
    const world = new World();
    world.reachable = false;
    await expect(enrol('churn', 'churn', 'h', world)).rejects.toThrow('cannot be reached');
    expect(world.records.size).toBe(0);
  });

  test('twice is as once', async () => {
    const world = new World();
    await enrol('churn', 'churn', 'h', world);
    await enrol('churn', 'churn', 'h', world);
    await unenrol('churn', 'h', world);
    expect(world.records.size).toBe(0);
    expect(world.webhooks.size).toBe(0);
  });

  test('of a model that does not exist waits, and is completed once it does', async () => {
    const world = new World();
    await enrol('later', 'later', 'h', world);
    expect(await world.list()).toMatchObject([{ status: 'pending' }]);
    expect(world.watching).toBe(true);
    expect(await completePending(world)).toEqual({ pending: 1 });
    expect(world.watching).toBe(true);

    world.models.add('later');
    expect(await completePending(world)).toEqual({ pending: 0 });
    expect(world.synced).toEqual(['later']);
    expect(world.watching).toBe(false);
  });

  test('keeps waiting while the registry is down', async () => {
    const world = new World();
    await enrol('later', 'later', 'h', world);
    world.reachable = false;
    await expect(completePending(world)).rejects.toThrow('cannot be reached');
    expect(world.watching).toBe(true);
  });

  test('taken back removes the webhook and syncs once more, which marks the packages', async () => {
    const world = new World();
    await enrol('churn', 'churn', 'h', world);
    await unenrol('churn', 'h', world);
    expect(world.webhooks.size).toBe(0);
    expect(world.synced).toEqual(['churn', 'churn']);
    await expect(unenrol('churn', 'h', world)).resolves.toBeUndefined();
  });

  test('held by two stays until the second lets go', async () => {
    const world = new World();
    await enrol('churn', 'churn', 'old', world);
    await enrol('churn', 'churn', 'new', world);
    await unenrol('churn', 'old', world);
    expect([...world.webhooks]).toEqual(['churn']);
    await unenrol('churn', 'new', world);
    expect(world.webhooks.size).toBe(0);
  });
});
