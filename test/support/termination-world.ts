import type { TerminationEffects } from '../../lambda/terminate/terminate';

/** A provisioned product in memory. What is stopped or deleted is so at the next look, as with AWS. */
export class TerminationWorld implements TerminationEffects {
  readonly did: string[] = [];
  running = new Map<string, 'InProgress' | 'Stopping'>();
  buildsRunning = new Set<string>();
  /** Stacks by their status. */
  readonly stacks = new Map<string, string>();
  /** Why stacks cannot be deleted. */
  readonly undeletable = new Map<string, string>();
  readonly failures = new Map<string, { at: Date; reason: string }>();
  /** Errors that the next calls of an effect come to. */
  readonly faults = new Map<string, Error>();
  repository: string | undefined = 'sagemaker-mlflow-churn-deployment';
  clock = new Date('2026-11-24T12:00:00Z');
  /** What became at rest since the last look. */
  private settling: (() => void)[] = [];

  /** Time goes on: what was asked for is done. */
  later(minutes = 1): void {
    this.clock = new Date(this.clock.getTime() + minutes * 60_000);
    for (const settle of this.settling.splice(0)) {
      settle();
    }
  }

  async disableRule(name: string): Promise<void> {
    this.note(`disable ${name}`);
  }
  async executions(): Promise<{ id: string; stopping: boolean }[]> {
    this.note('executions');
    return [...this.running].map(([id, status]) => ({ id, stopping: status === 'Stopping' }));
  }
  async stopExecution(_pipeline: string, id: string): Promise<void> {
    this.note(`stop execution ${id}`);
    this.running.set(id, 'Stopping');
    this.settling.push(() => this.running.delete(id));
  }
  async builds(): Promise<string[]> {
    return [...this.buildsRunning];
  }
  async stopBuild(id: string): Promise<void> {
    this.note(`stop build ${id}`);
    this.settling.push(() => this.buildsRunning.delete(id));
  }
  async status(name: string): Promise<string | undefined> {
    return this.stacks.get(name);
  }
  async deleteStack(name: string): Promise<void> {
    this.note(`delete ${name}`);
    this.stacks.set(name, 'DELETE_IN_PROGRESS');
    this.settling.push(() => {
      const reason = this.undeletable.get(name);
      if (reason === undefined) {
        this.stacks.delete(name);
        return;
      }
      this.stacks.set(name, 'DELETE_FAILED');
      this.failures.set(name, { at: this.clock, reason });
    });
  }
  async failure(name: string, since: Date): Promise<string | undefined> {
    const failure = this.failures.get(name);
    return failure !== undefined && failure.at >= since ? failure.reason : undefined;
  }
  async forget(group: string): Promise<void> {
    this.note(`forget ${group}`);
  }
  async renameRepository(from: string, to: string): Promise<void> {
    if (this.repository === from) {
      this.note(`rename ${from} ${to}`);
      this.repository = to;
    }
  }
  now(): Date {
    return this.clock;
  }

  private note(what: string): void {
    const fault = this.faults.get(what);
    if (fault !== undefined) {
      this.faults.delete(what);
      throw fault;
    }
    if (what !== 'executions') {
      this.did.push(what);
    }
  }
}
