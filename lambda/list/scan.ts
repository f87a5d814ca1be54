import { isPromoted } from '../shared/environments';
import { isFresh } from '../shared/ledger/daily-look';
import { addPackage, addVersion, type PlanContext, sealed, significant } from '../shared/ledger/fingerprints';
import { MultisetDigest, type MultisetState } from '../shared/ledger/multiset';
import { groupNameOf } from '../shared/names/group-name';
import type { ListedPackage } from '../shared/packages/model-package';
import type { ListedModel, ModelVersion } from '../shared/registry/registry';
import type { Verified } from '../shared/store/ledger';

/** What is kept of a model while the registries are read: it does not grow with its versions. */
interface Seen {
  readonly desired: MultisetDigest;
  readonly present: MultisetDigest;
  aliases: ReadonlyMap<string, readonly string[]>;
  tags: Readonly<Record<string, string>>;
  /** Promoted versions that the model itself names, and no page of versions had yet; an empty one where nothing could be read. */
  readonly missing: Set<string>;
}

/** A {@link Scan} as it can be put away between two invocations. */
export type ScanState = readonly {
  readonly name: string;
  readonly desired: MultisetState;
  readonly present: MultisetState;
  readonly aliases: readonly (readonly [version: string, aliases: readonly string[]])[];
  readonly tags: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}[];

/**
 * Folds the listings of both registries, page by page, into the fingerprints of the enrolled models. Pages may come in any
 * order, but those of models before those of versions.
 *
 * Whatever pages say twice or not at all, since registries change while they are read: a fingerprint is then one that the ledger
 * does not know, and costs a needless sync, which reads the model by itself. To hide a change, an error would have to give the
 * very fingerprint of the state before it, and the next scan would have to make the same error to hide it again.
 */
export class Scan {
  private readonly models: Map<string, Seen>;
  private readonly ofGroup = new Map<string, Seen>();

  private constructor(models: Map<string, Seen>) {
    this.models = models;
    for (const [name, seen] of models) {
      this.ofGroup.set(groupNameOf(name), seen);
    }
  }

  /** @param names the enrolled models: others leave no trace */
  static of(names: readonly string[]): Scan {
    return new Scan(new Map(names.map((name) => [name, unseen()])));
  }

  /** Goes on where {@link state} was taken. */
  static from(state: ScanState): Scan {
    const models = state.map(({ name, desired, present, aliases, tags, missing }) => {
      const seen = {
        desired: new MultisetDigest(desired),
        present: new MultisetDigest(present),
        aliases: new Map(aliases),
        tags,
        missing: new Set(missing),
      };
      return [name, seen] as const;
    });
    return new Scan(new Map(models));
  }

  get names(): string[] {
    return [...this.models.keys()];
  }

  addModel({ name, aliases, tags, latest }: ListedModel): void {
    const seen = this.models.get(name);
    if (seen !== undefined) {
      seen.aliases = aliases;
      seen.tags = Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, significant(value)]));
      for (const version of latest.filter(isPromoted)) {
        seen.missing.add(version.version);
      }
    }
  }

  /** @param version as a page of all versions has it: what its model knows of it is added here */
  addVersion(version: ModelVersion): void {
    const seen = this.models.get(version.name);
    if (seen !== undefined) {
      seen.missing.delete(version.version);
      addVersion(seen.desired, {
        ...version,
        aliases: seen.aliases.get(version.version) ?? version.aliases,
        tags: { ...seen.tags, ...version.tags },
      });
    }
  }

  /** @param versions all of one model's, with all that is known of them */
  addWhole(name: string, versions: readonly ModelVersion[]): void {
    const seen = this.models.get(name);
    if (seen !== undefined) {
      for (const version of versions) {
        addVersion(seen.desired, version);
      }
    }
  }

  /** What cannot be read of the registry is no state that the ledger could know. */
  addUnreadable(name: string): void {
    this.models.get(name)?.missing.add('');
  }

  addPackage(groupName: string, listed: ListedPackage): void {
    const seen = this.ofGroup.get(groupName);
    if (seen !== undefined) {
      addPackage(seen.present, listed);
    }
  }

  /** Forgets what was seen of models and their versions, so that they can be read in another way. */
  forgetModels(): void {
    for (const [name, { present }] of this.models) {
      const again = { ...unseen(), present };
      this.models.set(name, again);
      this.ofGroup.set(groupNameOf(name), again);
    }
  }

  /**
   * The models that have to be synced, once everything was read: those that the ledger does not know in this state, or not since
   * the model's last daily look.
   *
   * @param now milliseconds since the epoch
   */
  async changed(
    context: PlanContext,
    ledger: AsyncIterable<readonly [modelName: string, verified: Verified]>,
    now: number,
  ): Promise<string[]> {
    const changed = new Set(this.models.keys());
    for await (const [name, verified] of ledger) {
      const seen = this.models.get(name);
      if (seen === undefined || seen.missing.size > 0 || !isFresh(name, verified.verifiedAt, now)) {
        continue;
      }
      const { desired, present } = sealed(context, seen.desired, seen.present);
      if (desired === verified.desired && present === verified.present) {
        changed.delete(name);
      }
    }
    return [...changed];
  }

  get state(): ScanState {
    return [...this.models].map(([name, { desired, present, aliases, tags, missing }]) => ({
      name,
      desired: desired.state,
      present: present.state,
      aliases: [...aliases],
      tags,
      missing: [...missing],
    }));
  }
}

function unseen(): Seen {
  return {
    desired: new MultisetDigest(),
    present: new MultisetDigest(),
    aliases: new Map(),
    tags: {},
    missing: new Set(),
  };
}
