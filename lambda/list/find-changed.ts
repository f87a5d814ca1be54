import type { ModelList } from '../shared/contracts';
import type { PlanContext } from '../shared/ledger/fingerprints';
import type { Verified } from '../shared/store/ledger';
import { executionList, type FilePlace } from '../shared/sync-files';
import { BEGINNING, isThrough, type Progress, type Registries, readOn } from './read-on';
import { Scan, type ScanState } from './scan';

/**
 * Models of one sync of all: the map gives a digit and a comma for each, and its result has 256 KiB at most. What is left is found by
 * the next sync of all.
 */
const CHANGED_MAX = 100_000;

/** What a sync of all models reads and writes before it syncs any. */
export interface Effects {
  /** Names of the enrolled models. */
  readonly enrolled: () => Promise<string[]>;
  readonly registries: () => Promise<{ readonly registries: Registries; readonly context: PlanContext }>;
  readonly ledger: () => AsyncIterable<readonly [modelName: string, verified: Verified]>;
  /** Keeps a file of this sync; gives where it is. */
  readonly save: (file: string, text: string) => Promise<FilePlace>;
  readonly load: (file: string) => Promise<string>;
  readonly hasTime: () => boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A sync of all enrolled models. */
export interface SyncOfAll {
  /** Name of the execution. */
  readonly execution: string;
  /** Sync each, whatever the ledger says. */
  readonly verify?: boolean;
  /** A person's confirmation that packages of absent versions are deleted. */
  readonly confirmDeletions?: boolean;
  /** Failed builds of environment images are repeated. */
  readonly retryEnvironments?: boolean;
  /** How many invocations went before this one. */
  readonly part: number;
}

/** What one invocation leaves to the next. */
interface Kept {
  readonly progress: Progress;
  readonly scan: ScanState;
}

/**
 * Finds the enrolled models that have to be synced, and keeps them as a list that a Distributed Map reads: for each the name and
 * the input of its execution. Where time runs out, what was seen so far is kept for the next invocation.
 */
export async function findChanged(
  { execution, verify, confirmDeletions, retryEnvironments, part }: SyncOfAll,
  effects: Effects,
): Promise<ModelList> {
  if (verify) {
    const names = await effects.enrolled();
    return listed(names, names.length);
  }
  const kept = part === 0 ? undefined : (JSON.parse(await effects.load(partFile(part))) as Kept);
  const scan = kept === undefined ? Scan.of(await effects.enrolled()) : Scan.from(kept.scan);
  const { registries, context } = await effects.registries();
  const progress = await readOn(scan, kept?.progress ?? BEGINNING, registries, effects.hasTime);
  if (!isThrough(progress)) {
    const left: Kept = { progress, scan: scan.state };
    await effects.save(partFile(part + 1), JSON.stringify(left));
    return { kind: 'unfinished', part: part + 1 };
  }
  return listed(await scan.changed(context, effects.ledger(), effects.now()), scan.names.length);

  async function listed(names: readonly string[], enrolled: number): Promise<ModelList> {
    const changed = names.slice(0, CHANGED_MAX);
    const list = executionList(changed, execution, {
      ...(verify ? { verify } : {}),
      ...(retryEnvironments ? { retryEnvironments } : {}),
      ...(confirmDeletions ? { confirmDeletions } : { fullSync: execution }),
    });
    return { kind: 'many', ...(await effects.save('models.json', list)), enrolled, changed: changed.length };
  }
}

function partFile(part: number): string {
  return `scan-${part}.json`;
}
