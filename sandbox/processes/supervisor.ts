import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Part, type PartSpec, processId } from './part';
import type { SandboxPaths } from './paths';
import { freePorts, portInUse } from './ports';
import { type SandboxState, writeState } from './state';

/** What a supervisor has to start and keep. */
export interface Supervision {
  readonly paths: SandboxPaths;
  /** The interpreter that runs the guards. */
  readonly python: string;
  readonly portCount: number;
  /** The servers, given as many free ports as `portCount`. It is asked again when a port was lost. */
  partsAt(ports: readonly number[]): PartSpec[];
  /** How long a part may take until it serves. */
  readonly timeoutMs?: number;
}

/** How often all ports are chosen again when another program took one between choosing and listening. */
const ATTEMPTS = 3;

/**
 * Starts all servers at once, writes down what happens to them, and owns them until `stop` is called.
 * A server that ends later is noted; the others go on.
 */
export class Supervisor {
  private parts: Part[] = [];
  private phase: SandboxState['phase'] = 'starting';
  private problem: SandboxState['problem'];
  private stopping = false;
  private readonly since = new Date().toISOString();

  constructor(private readonly supervision: Supervision) {}

  /**
   * Starts the servers and waits until all serve.
   *
   * @returns false when one did not: the state says which and why, and nothing is left running
   */
  async start(): Promise<boolean> {
    for (let attempt = 1; attempt <= ATTEMPTS && !this.stopping; attempt++) {
      const failed = await this.startAll();
      if (this.stopping) {
        break;
      }
      if (!failed) {
        this.enter('ready');
        return true;
      }
      const lostPort = failed.state.state === 'ended' && (await portInUse(failed.spec.port));
      await this.stopParts();
      if (!lostPort || attempt === ATTEMPTS) {
        const message = failed.state.detail ?? 'did not serve in time';
        this.problem = { part: failed.spec.name, message: `${failed.spec.name} ${message}` };
        break;
      }
      this.log(
        `port ${failed.spec.port} was taken by another program before ${failed.spec.name} listened: choosing again`,
      );
    }
    this.enter(this.problem ? 'failed' : 'stopped');
    return false;
  }

  /** Ends all servers, and removes the files with their addresses. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.stopParts();
    const { env, openSourceEnv } = this.supervision.paths;
    rmSync(env, { force: true });
    rmSync(openSourceEnv, { force: true });
    this.enter('stopped');
  }

  private async startAll(): Promise<Part | undefined> {
    const { python, paths, timeoutMs = 180_000 } = this.supervision;
    const ports = await freePorts(this.supervision.portCount);
    if (this.stopping) {
      return undefined;
    }
    this.parts = this.supervision.partsAt(ports).map((spec) => {
      const part = new Part(spec, python, paths.logs, () => this.changed(part));
      return part;
    });
    this.write();
    const firstFailure = this.parts.map(async (part) => ((await part.serves(timeoutMs)) ? undefined : part));
    // The first that fails decides; nobody waits for the slow ones then.
    return new Promise((decide, fail) => {
      Promise.all(firstFailure).then(() => decide(undefined), fail);
      for (const outcome of firstFailure) {
        outcome.then((part) => part && decide(part), fail);
      }
    });
  }

  private async stopParts(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.stop()));
    // Notes of the last ends are written by callbacks that run after the ends themselves.
    await sleep(0);
  }

  private changed(part: Part): void {
    this.log(`${part.spec.name} ${part.state.detail ?? `is ${part.state.state}`} (${part.spec.url})`);
    this.write();
  }

  private enter(phase: SandboxState['phase']): void {
    this.phase = phase;
    this.log(this.problem ? `${phase}: ${this.problem.message}` : phase);
    this.write();
  }

  private write(): void {
    const { paths, python } = this.supervision;
    const supervisor = processId(process.pid);
    if (!supervisor) {
      throw new Error('the process table does not list this process');
    }
    writeState(paths.state, {
      phase: this.phase,
      supervisor,
      since: this.since,
      parts: this.parts.map((part) => part.state),
      marks: [paths.home, python],
      ...(this.problem ? { problem: this.problem } : {}),
    });
  }

  private log(line: string): void {
    process.stdout.write(`${new Date().toISOString()} ${line}\n`);
  }
}
