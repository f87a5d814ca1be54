import type { DeploymentRecord } from '../../lambda/shared/store/deployments';
import type { Started } from '../../lambda/start-pipeline/decide';
import type { StartEffects } from '../../lambda/start-pipeline/start';
import type { RegisteredPackage } from '../../product-template/lib/deployable/deployable';
import { OWNER } from './owner';

/** A registry, a record and a pipeline in memory. CodePipeline starts one run for one token, as it does. */
export class StartWorld implements StartEffects {
  readonly owner = OWNER;
  registry: RegisteredPackage[] = [];
  record: DeploymentRecord = { revision: 0 };
  recordOf = '';
  held = false;
  clock = 1_000_000;
  /** Tokens that a run was started for. */
  readonly runs = new Set<string>();
  /** What the next calls of CodePipeline come to: an error before it heard, or after. */
  readonly faults: ('unheard' | 'heard' | 'missing')[] = [];
  /** Runs before an answer is given, so that others come between. */
  between: (call: 'packages' | 'start') => Promise<void> = async () => undefined;

  async isHeld(): Promise<boolean> {
    return this.held;
  }
  async packages(): Promise<RegisteredPackage[]> {
    const found = [...this.registry];
    await this.between('packages');
    return found;
  }
  async read(_group: string, stack: string): Promise<DeploymentRecord> {
    return stack === this.recordOf ? this.record : { revision: this.record.revision };
  }
  async write(_group: string, stack: string, before: DeploymentRecord, now: Started) {
    if (before.revision !== this.record.revision) {
      return undefined;
    }
    const { started, starting } = now;
    this.recordOf = stack;
    this.record = {
      revision: before.revision + 1,
      ...(started ? { started } : {}),
      ...(starting ? { starting } : {}),
    };
    return this.record;
  }
  async startPipeline(_name: string, token: string): Promise<boolean> {
    await this.between('start');
    const fault = this.faults.shift();
    if (fault === 'missing') {
      return false;
    }
    if (fault !== 'unheard') {
      this.runs.add(token);
    }
    if (fault !== undefined) {
      throw new Error('pipeline does not answer');
    }
    return true;
  }
  now(): number {
    return this.clock;
  }
}
