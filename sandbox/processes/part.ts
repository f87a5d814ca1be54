import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Guarded, killGroup, type Program, startGuarded } from './guarded';
import { processEntry } from './process-table';
import type { PartState, ProcessId } from './state';

/** One server of the sandbox: how it is started, and how one sees that it serves. */
export interface PartSpec extends Program {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** The line by which it says that it listens: what answers at its port may be another sandbox's server. */
  readonly listening: RegExp;
  /** A URL that must answer 200 too before it counts as running. */
  readonly health?: string;
}

/** A part that was started; its `state` follows what happens to it. */
export class Part {
  state: PartState;
  private readonly guarded: Guarded;
  private saidListening = false;
  private unfinished = '';

  /**
   * @param python the interpreter for the guard
   * @param logs the folder of `<name>.log`
   * @param changed is called after each change of state
   */
  constructor(
    readonly spec: PartSpec,
    python: string,
    logs: string,
    private readonly changed: () => void,
  ) {
    mkdirSync(logs, { recursive: true });
    const log = join(logs, `${spec.name}.log`);
    this.guarded = startGuarded(python, spec, (chunk) => {
      appendFileSync(log, chunk);
      this.read(chunk);
    });
    const { name, port, url } = spec;
    const guard = processId(this.guarded.guard.pid);
    this.state = { name, port, url, state: 'starting', since: now(), ...(guard ? { guard } : {}) };
    this.guarded.group.then(
      (group) => this.note({ program: processId(group) }),
      () => undefined,
    );
    void this.guarded.ended.then((code) => this.note({ state: 'ended', detail: `ended with exit code ${code}` }));
  }

  get ended(): Promise<number> {
    return this.guarded.ended;
  }

  /**
   * Waits until it serves.
   *
   * @returns whether it does; false when it ended before, or said nothing within the time
   */
  async serves(timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    while (this.state.state === 'starting' && Date.now() < deadline) {
      if (this.saidListening && (await this.healthy())) {
        this.note({ state: 'running' });
      } else {
        await sleep(50);
      }
    }
    return this.state.state === 'running';
  }

  /** Asks it to end and waits until its whole process group has. */
  async stop(): Promise<void> {
    this.guarded.stop();
    const late = AbortSignal.timeout(10_000);
    late.addEventListener('abort', () => {
      this.guarded.guard.kill('SIGKILL');
      if (this.state.program && this.state.state !== 'ended') {
        killGroup(this.state.program.pid);
      }
    });
    await this.guarded.ended;
  }

  private async healthy(): Promise<boolean> {
    if (!this.spec.health) {
      return true;
    }
    try {
      return (await fetch(this.spec.health, { signal: AbortSignal.timeout(5_000) })).ok;
    } catch {
      // Not yet: it is asked again.
      return false;
    }
  }

  private read(chunk: Buffer): void {
    if (!this.saidListening) {
      const lines = (this.unfinished + chunk.toString()).split('\n');
      this.unfinished = lines.at(-1) ?? '';
      this.saidListening = lines.some((line) => this.spec.listening.test(line));
    }
  }

  private note(change: Partial<PartState>): void {
    if (this.state.state !== 'ended') {
      this.state = { ...this.state, ...(change.state ? { since: now() } : {}), ...change };
      this.changed();
    }
  }
}

/** A process with the moment of its start; undefined when it has ended already. */
export function processId(pid: number | undefined): ProcessId | undefined {
  const entry = pid === undefined ? undefined : processEntry(pid);
  return entry && { pid: entry.pid, started: entry.started };
}

function now(): string {
  return new Date().toISOString();
}
