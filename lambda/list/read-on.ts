import { RefusedError } from '../shared/errors';
import { groupNameOf } from '../shared/names/group-name';
import type { ListedPackage } from '../shared/packages/model-package';
import { RegistryError, TooLargeError } from '../shared/registry/http/failure';
import type { ListedModel, ModelVersion, Page } from '../shared/registry/registry';
import type { Scan } from './scan';

/**
 * As many enrolled models are asked for one by one: that is less than the pages of registries which may hold many more models that
 * nobody enrolled.
 */
export const ONE_BY_ONE_MAX = 100;
/** Models that are asked for at once. */
const AT_ONCE = 8;
/**
 * So many models that one invocation cannot read, by what may as well be the registry's fault, are an outage. One that
 * begins just before everything was read costs fewer needless syncs than that, and each of them tries as long as this step would.
 */
const FAULTS_MAX = AT_ONCE;

/** Where the reading of one listing stands. */
interface Listing {
  readonly done: boolean;
  /** Names the next page; absent before the first. */
  readonly next?: string;
}

/** Where a scan stands. */
export interface Progress {
  readonly packages: Listing;
  readonly models: Listing;
  readonly versions: Listing;
  /** True where the registry gives no versions but those of one model, so that each is asked for. */
  readonly oneByOne: boolean;
}

export const BEGINNING: Progress = {
  packages: { done: false },
  models: { done: false },
  versions: { done: false },
  oneByOne: false,
};

/** Both registries, as a scan reads them. */
export interface Registries {
  readonly modelsPage: (token: string | undefined) => Promise<Page<ListedModel>>;
  readonly versionsPage: (token: string | undefined) => Promise<Page<ModelVersion>>;
  readonly versionsOf: (modelName: string) => Promise<ModelVersion[]>;
  readonly packagesPage: (
    token: string | undefined,
  ) => Promise<Page<{ readonly groupName: string; readonly listed: ListedPackage }>>;
  readonly packagesOf: (groupName: string) => Promise<ListedPackage[]>;
}

type OfMlflow = Omit<Progress, 'packages'>;
type ReadPage = (token: string | undefined) => Promise<string | undefined>;

/**
 * Reads both registries at once into a scan, from where it stands, for as long as there is time.
 *
 * @param hasTime asked before each page
 */
export async function readOn(
  scan: Scan,
  progress: Progress,
  registries: Registries,
  hasTime: () => boolean,
): Promise<Progress> {
  let failed = false;
  const goOn = () => !failed && hasTime();
  // When one of the two fails, so does this invocation: the other one must not read on behind its back.
  const together = async <T>(reading: Promise<T>): Promise<T> => {
    try {
      return await reading;
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const few = scan.names.length <= ONE_BY_ONE_MAX;
  const packagesIn = few ? eachGroup(scan, registries) : allPackages(scan, registries);
  const [packages, ofMlflow] = await Promise.all([
    together(readPages(progress.packages, packagesIn, goOn)),
    together(readMlflow(scan, few ? { ...progress, oneByOne: true } : progress, registries, goOn)),
  ]);
  return { ...ofMlflow, packages };
}

/** Whether everything was read. */
export function isThrough({ packages, models, versions }: Progress): boolean {
  return packages.done && models.done && versions.done;
}

async function readMlflow(
  scan: Scan,
  { models: before, versions, oneByOne }: OfMlflow,
  registries: Registries,
  goOn: () => boolean,
): Promise<OfMlflow> {
  if (oneByOne) {
    return { models: { done: true }, versions: await readPages(versions, eachModel(scan, registries), goOn), oneByOne };
  }
  try {
    const models = await readPages(before, allModels(scan, registries), goOn);
    return models.done
      ? { models, versions: await readPages(versions, allVersions(scan, registries), goOn), oneByOne }
      : { models, versions, oneByOne };
  } catch (error) {
    if (!mayComeOneByOne(error)) {
      throw error;
    }
    scan.forgetModels();
    return readMlflow(scan, { models: before, versions: { done: false }, oneByOne: true }, registries, goOn);
  }
}

/**
 * Whether each enrolled model can still be asked for where the listing of all failed. A Databricks workspace may want a model's name:
 * nothing documents that it does, or that it does not. And where one model or version alone is too large for an answer, no page goes
 * past it, be it of a model that nobody enrolled.
 */
function mayComeOneByOne(error: unknown): boolean {
  return error instanceof TooLargeError || (error instanceof RegistryError && error.status === 400);
}

async function readPages(listing: Listing, readPage: ReadPage, goOn: () => boolean): Promise<Listing> {
  let { done, next } = listing;
  while (!done && goOn()) {
    const token = next;
    next = await readPage(token);
    if (next !== undefined && next === token) {
      throw new RefusedError(`a listing answers the page ${next} for ever`);
    }
    done = next === undefined;
  }
  return next === undefined ? { done } : { done, next };
}

function allModels(scan: Scan, { modelsPage }: Registries): ReadPage {
  return async (token) => {
    const { items, next } = await modelsPage(token);
    for (const model of items) {
      scan.addModel(model);
    }
    return next;
  };
}

function allVersions(scan: Scan, { versionsPage }: Registries): ReadPage {
  return async (token) => {
    const { items, next } = await versionsPage(token);
    for (const version of items) {
      scan.addVersion(version);
    }
    return next;
  };
}

function allPackages(scan: Scan, { packagesPage }: Registries): ReadPage {
  return async (token) => {
    const { items, next } = await packagesPage(token);
    for (const { groupName, listed } of items) {
      scan.addPackage(groupName, listed);
    }
    return next;
  };
}

/**
 * A model that cannot be read must not keep the others from being synced: it counts as changed, and its own sync fails and says
 * why. Where none of the first ones can be read, credentials or registry are at fault, and everything fails by that. So it does
 * where too many fail later on: this step is tried again from the invocation's beginning, and none of them was taken for changed.
 */
function eachModel(scan: Scan, { versionsOf }: Registries): ReadPage {
  let read = 0;
  let faults = 0;
  let fault: unknown;
  let refusal: unknown;
  const page = eachOf(scan.names, async (name) => {
    try {
      scan.addWhole(name, await versionsOf(name));
      read += 1;
    } catch (error) {
      if (isOfTheModel(error)) {
        refusal ??= error;
      } else if (++faults >= FAULTS_MAX) {
        throw error;
      } else {
        fault ??= error;
      }
      scan.addUnreadable(name);
    }
  });
  return async (token) => {
    const next = await page(token);
    // A fault that passes has the step tried again, which a refusal beside it must not prevent.
    const reason = fault ?? refusal;
    if (read === 0 && reason !== undefined) {
      throw reason;
    }
    return next;
  };
}

/** Rights that are given model by model, and tags that somebody wrote: any number of models may have these, and no outage looks so. */
function isOfTheModel(error: unknown): boolean {
  return error instanceof TooLargeError || (error instanceof RegistryError && error.status === 403);
}

function eachGroup(scan: Scan, { packagesOf }: Registries): ReadPage {
  return eachOf(scan.names, async (name) => {
    const groupName = groupNameOf(name);
    for (const listed of await packagesOf(groupName)) {
      scan.addPackage(groupName, listed);
    }
  });
}

/** Some of the names are a page; its token is the number of those before it. */
function eachOf(names: readonly string[], read: (name: string) => Promise<void>): ReadPage {
  return async (token) => {
    const end = Number(token ?? 0) + AT_ONCE;
    await Promise.all(names.slice(end - AT_ONCE, end).map(read));
    return end < names.length ? String(end) : undefined;
  };
}
