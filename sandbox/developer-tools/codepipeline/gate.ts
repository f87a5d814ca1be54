/** How a pipeline handles several executions (codepipeline/latest/userguide/concepts-how-it-works). */
export type ExecutionMode = 'SUPERSEDED' | 'QUEUED' | 'PARALLEL';

/** What can wait in front of a stage. */
export interface Traveller {
  /** Told that a later one took its place: it does not go on. */
  superseded(): void;
}

interface Waiting<Who> {
  readonly who: Who;
  readonly admit: (entered: boolean) => void;
}

/**
 * The entrance of a stage. One execution at a time is in the stage; others wait in front of it. In mode SUPERSEDED one waits
 * at most, and a later one takes its place; in mode QUEUED all wait in line; in mode PARALLEL nobody waits. While the
 * transition into the stage is disabled, nobody enters.
 */
export class Gate<Who extends Traveller> {
  private readonly inside = new Set<Who>();
  private waiting: Waiting<Who>[] = [];
  private open = true;

  /** Who waits in front of the stage, the first first. */
  get inbound(): Who[] {
    return this.waiting.map(({ who }) => who);
  }

  /** Resolves with whether it entered: `false` when it was superseded or withdrawn while it waited. */
  arrive(who: Who, mode: ExecutionMode): Promise<boolean> {
    if (mode === 'PARALLEL' && this.open) {
      this.inside.add(who);
      return Promise.resolve(true);
    }
    if (mode === 'SUPERSEDED') {
      for (const earlier of this.inbound) {
        this.withdraw(earlier);
        earlier.superseded();
      }
    }
    return new Promise((admit) => {
      this.waiting.push({ who, admit });
      this.admitNext(mode);
    });
  }

  /** Takes one that waits away from the stage. @returns whether it waited */
  withdraw(who: Who): boolean {
    const found = this.waiting.find((each) => each.who === who);
    if (!found) return false;
    this.waiting = this.waiting.filter((each) => each !== found);
    found.admit(false);
    return true;
  }

  /** Lets one out of the stage, and the next one in. */
  leave(who: Who, mode: ExecutionMode): void {
    this.inside.delete(who);
    this.admitNext(mode);
  }

  disable(): void {
    this.open = false;
  }

  enable(mode: ExecutionMode): void {
    this.open = true;
    this.admitNext(mode);
  }

  private admitNext(mode: ExecutionMode): void {
    while (this.open && (mode === 'PARALLEL' || this.inside.size === 0)) {
      const next = this.waiting.shift();
      if (!next) return;
      this.inside.add(next.who);
      next.admit(true);
    }
  }
}
