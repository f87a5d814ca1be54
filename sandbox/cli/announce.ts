import type { PartState, SandboxState } from '../processes/state';

interface Waiting {
  readonly promise: Promise<string>;
  readonly resolve: (url: string) => void;
  readonly reject: (reason: Error) => void;
}

/** Follows the parts of a sandbox while it comes up. */
export interface Announcements {
  /** Takes a new state and says what changed. */
  seen(state: SandboxState): void;
  /** Resolves with a part's URL once it runs. */
  running(name: string): Promise<string>;
  /** Lets everyone who still waits for a part go, with an error. */
  end(): void;
}

/** @param say gets a line for each part that begins to run or ends */
export function announceParts(say: (line: string) => void): Announcements {
  const known = new Map<string, string>();
  const waiting = new Map<string, Waiting>();
  const waitingFor = (name: string): Waiting => {
    const one = waiting.get(name) ?? newWaiting();
    waiting.set(name, one);
    return one;
  };
  const announce = (part: PartState): void => {
    const now = `${part.state} ${part.url}`;
    if (part.state === 'starting' || known.get(part.name) === now) {
      return;
    }
    known.set(part.name, now);
    say(`${part.name} ${part.detail ?? 'is running'} at ${part.url}`);
    if (part.state === 'running') {
      waitingFor(part.name).resolve(part.url);
    }
  };
  return {
    seen: (state) => state.parts.forEach(announce),
    running: (name) => waitingFor(name).promise,
    end: () => {
      for (const [name, { reject }] of waiting) {
        reject(new Error(`${name} did not come up`));
      }
    },
  };
}

function newWaiting(): Waiting {
  let resolve: Waiting['resolve'] = () => undefined;
  let reject: Waiting['reject'] = () => undefined;
  const promise = new Promise<string>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  // Nobody may be waiting when it is let go.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
