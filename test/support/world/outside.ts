import { AsyncLocalStorage } from 'node:async_hooks';
import type { Turns } from './turns';

/** One call to something outside of the process that makes it. */
export interface Call {
  /** For example `sagemaker.CreateModelPackage` or `registry.listVersions`. */
  readonly what: string;
  readonly input: unknown;
  /** Counts the calls of a world, from 1. */
  readonly number: number;
}

/** A process that can die: what it has under way gets no answer any more. */
class Invocation {
  private die: (error: Error) => void = () => undefined;
  readonly died = new Promise<never>((_resolve, reject) => {
    this.die = reject;
  });
  dead = false;

  constructor() {
    // It is waited for only where somebody wants to know.
    this.died.catch(() => undefined);
  }

  kill(): void {
    this.dead = true;
    this.die(new ProcessDied());
  }
}

/** What Lambda makes of a process that is gone (docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html). */
export class ProcessDied extends Error {
  override readonly name = 'Runtime.ExitError';
  override readonly message = 'RequestId: 0 Error: Runtime exited with error: signal: killed';
}

/** When a process is killed: at a call, before or after it has its effect. */
export interface Kill {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** All calls to the outside pass here: they are counted, take turns, may be refused, and may be the last of their process. */
export class Outside {
  readonly calls: Call[] = [];
  kill: Kill | undefined;
  /** Told when a process was killed. */
  onKill: () => void = () => undefined;
  /** May throw in the name of who is called. */
  refuse: (call: Call) => void = () => undefined;
  private readonly current = new AsyncLocalStorage<Invocation>();

  constructor(private readonly turns: Turns) {}

  /** Runs a process until it ends or is killed. */
  process<T>(run: () => Promise<T>): Promise<T> {
    if (this.kill === undefined) {
      // Telling processes from each other takes most of the time, and matters only where one is killed.
      return run();
    }
    const invocation = new Invocation();
    return Promise.race([this.current.run(invocation, run), invocation.died]);
  }

  async call<T>(what: string, input: unknown, effect: () => T): Promise<T> {
    const invocation = this.current.getStore();
    await this.turns.turn();
    if (invocation?.dead) {
      return never();
    }
    const call: Call = { what, input, number: this.calls.length + 1 };
    this.calls.push(call);
    const kill = this.kill?.at === call.number ? this.kill.when : undefined;
    if (kill === 'before' && invocation !== undefined) {
      return this.killed(invocation);
    }
    this.refuse(call);
    const answer = effect();
    if (kill === 'after' && invocation !== undefined) {
      return this.killed(invocation);
    }
    return answer;
  }

  private killed(invocation: Invocation): Promise<never> {
    invocation.kill();
    this.onKill();
    return never();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
