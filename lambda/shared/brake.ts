/**
 * When packages may go because the registry does not know their versions any more. What people archive is not meant: a version
 * that the registry still has, in a stage that is not deployed, loses its package at once.
 *
 * An absence is what a wrong server, a lost right, a restored database and a deletion look like alike. So each is asked about once
 * more by its name, and even then no more may go in one sync than people delete by hand, and no model that is missing as a whole.
 */

/** As many packages may go whatever the size of the installation: a person tidying up. */
const PACKAGES_MAX = 5;
/** In a large installation that share of all packages: more than a fifth at once is an accident until somebody says otherwise. */
const SHARE_MAX = 0.2;
/** How long a whole model has to be missing, in milliseconds: an alarm of Friday evening is seen on Monday. */
export const MODEL_MISSING_MS = 72 * 60 * 60 * 1000;

/** The packages that may go in one sync. */
export function mostThatMayGo(owned: number): number {
  return Math.max(PACKAGES_MAX, Math.floor(owned * SHARE_MAX));
}

/** A model's packages whose versions the registry does not know. */
export interface Absence {
  readonly modelName: string;
  readonly packages: number;
  /** `missing`: the registry answers that there is no such model. `empty`: it has no models at all. */
  readonly model: 'known' | 'missing' | 'empty';
  /** When the model was first found missing, in milliseconds since the epoch. */
  readonly since: number;
}

/** What becomes of them. */
export type Ruling = { readonly go: true } | { readonly go: false; readonly reason: string };

/**
 * Rules on one model by itself.
 *
 * @param now milliseconds since the epoch
 */
export function ruleOnModel({ modelName, packages, model, since }: Absence, now: number): Ruling {
  if (model === 'empty') {
    return held(
      `the registry has no models at all, and ${modelName} has ${packages} packages: check that the registry's secret names the ` +
        `right server${confirmBy({ modelName })}`,
    );
  }
  if (model === 'missing' && now - since < MODEL_MISSING_MS) {
    const until = new Date(since + MODEL_MISSING_MS).toISOString();
    return held(
      `the registry does not know the model ${modelName} any more, which has ${packages} packages: if it was not deleted, check the ` +
        `registry's secret and what its user may read${confirmBy({ modelName })}, or wait: if it is missing still at ${until}, their number alone decides`,
    );
  }
  return { go: true };
}

/**
 * Rules on the number of packages that one sync would delete.
 *
 * @param packages of all models of the sync
 * @param owned all packages of this installation
 * @param modelName absent for a sync of all models
 */
export function ruleOnNumber(packages: number, owned: number, modelName?: string): Ruling {
  const most = mostThatMayGo(owned);
  if (packages <= most) {
    return { go: true };
  }
  return held(
    `the registry does not know the versions of ${packages} packages any more, and of ${owned} no more than ${most} go at once: ` +
      `check that it was not restored from an old copy${confirmBy(modelName === undefined ? {} : { modelName })}`,
  );
}

function held(reason: string): Ruling {
  return { go: false, reason };
}

function confirmBy(request: { readonly modelName?: string }): string {
  return `; if they are to go, start the state machine with ${JSON.stringify({ ...request, confirmDeletions: true })}`;
}
