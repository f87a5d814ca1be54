import type { EnrolmentEffects } from '../../lambda/enrolment/enrol';
import type { EnrolmentStatus } from '../../lambda/shared/store/enrolments';

/** A registry and a store in memory, with what they were asked to do. */
export class World implements EnrolmentEffects {
  readonly records = new Map<string, { status: EnrolmentStatus; holders: Set<string> }>();
  readonly models = new Set(['churn', 'fraud']);
  readonly webhooks = new Set<string>();
  readonly synced: string[] = [];
  reachable = true;
  takesWebhooks = true;

  async add(modelName: string, holder: string): Promise<void> {
    const record = this.records.get(modelName) ?? { status: 'new', holders: new Set() };
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
    return [...this.records].map(([modelName, { status }]) => ({ modelName, status }));
  }
  async ping(): Promise<void> {
    if (!this.reachable) {
      throw new Error('registry cannot be reached');
    }
  }
  async ensureWebhook(modelName: string) {
    await this.ping();
    if (!this.takesWebhooks) {
      throw new Error('registry refuses webhooks');
    }
    if (!this.models.has(modelName)) {
      return 'model-missing' as const;
    }
    this.webhooks.add(modelName);
    return 'active' as const;
  }
  async removeWebhook(modelName: string, _last: boolean): Promise<void> {
    this.webhooks.delete(modelName);
  }
  async startSync(modelName: string): Promise<void> {
    this.synced.push(modelName);
  }
}
