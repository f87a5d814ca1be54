/** What can wait in front of a stage. */
export interface Traveller {
  /** Told that a later one took its place: it does not go on. */
  superseded(): void;
}

/**
 * The entrance of a stage in mode SUPERSEDED (codepipeline/latest/userguide/concepts-how-it-works): one execution at a time
 * is in the stage, and one waits in front of it. A later one takes the place of the one that waits.
 */
export class Gate<Who extends Traveller> {
  private inside: Who | undefined;
  private waiting: { readonly who: Who; readonly admit: (entered: boolean) => void } | undefined;

  /** Resolves with whether it entered: `false` when it was superseded or withdrawn while it waited. */
  arrive(who: Who): Promise<boolean> {
    if (this.inside === undefined) {
      this.inside = who;
      return Promise.resolve(true);
    }
    const earlier = this.waiting?.who;
    if (earlier) {
      this.withdraw(earlier);
      earlier.superseded();
    }
    return new Promise((admit) => {
      this.waiting = { who, admit };
    });
  }

  /** Takes one that waits away from the stage. @returns whether it waited */
  withdraw(who: Who): boolean {
    if (this.waiting?.who !== who) return false;
    this.waiting.admit(false);
    this.waiting = undefined;
    return true;
  }

  /** Lets the one that is inside out of the stage, and the one that waits in. */
  leave(): void {
    const next = this.waiting;
    this.waiting = undefined;
    this.inside = next?.who;
    next?.admit(true);
  }
}
