import type * as z from 'zod';
import { RefusedError } from '../errors';
import type { RegistryHttp } from './http/registry-http';
import { API, findVersion, getModel, parse } from './mlflow-rest';
import { VersionPage, type VersionShape, versionOf } from './mlflow-shapes';
import { PageSize } from './page-size';
import type { ModelVersion } from './registry';

const BY_NUMBER_AT_ONCE = 8;

/**
 * Every version of a model. The search leaves aliases out, so they are taken from the model itself, which is read after
 * the pages: a version that gained an alias meanwhile is then seen with it.
 *
 * @throws when any page fails: half a list would look like versions that were deleted
 */
export async function listVersions(http: RegistryHttp, name: string): Promise<ModelVersion[]> {
  const filter = filterOf(name);
  if (filter === undefined) {
    return listByNumber(http, name);
  }
  const versions = await search(http, name, filter);
  const model = await getModel(http, name);
  // Deleted or renamed since the search: without its aliases, the versions would look as if somebody had demoted them.
  return model === undefined
    ? []
    : versions.map((version) => versionOf(version, model.tags, model.aliases.get(version.version)));
}

/** All pages of a search. */
async function search(http: RegistryHttp, name: string, filter: string): Promise<z.infer<typeof VersionShape>[]> {
  const versions = new Map<string, z.infer<typeof VersionShape>>();
  const pageSize = new PageSize();
  let pageToken: string | undefined;
  do {
    const query = { filter, page_token: pageToken };
    const answer = await pageSize.fit((items) =>
      http.get(`${API}/model-versions/search`, { ...query, max_results: items }),
    );
    const page = parse(VersionPage, answer, 'model-versions/search');
    for (const version of page.model_versions ?? []) {
      // The filter is the registry's; a name that it folds or matches loosely must not bring in another model.
      if (version.name === name) {
        versions.set(version.version, version);
      }
    }
    if (page.next_page_token && page.next_page_token === pageToken) {
      throw new RefusedError('model-versions/search answers the same page for ever');
    }
    pageToken = page.next_page_token || undefined;
  } while (pageToken);
  return [...versions.values()];
}

/** The versions of a model that no filter can name, each asked for by its number. */
async function listByNumber(http: RegistryHttp, name: string): Promise<ModelVersion[]> {
  const model = await getModel(http, name);
  const versions: ModelVersion[] = [];
  for (let first = 1; first <= (model?.highestVersion ?? 0); first += BY_NUMBER_AT_ONCE) {
    const numbers = Array.from({ length: BY_NUMBER_AT_ONCE }, (_, index) => String(first + index));
    const found = await Promise.all(numbers.map((number) => findVersion(http, name, number, model?.tags)));
    versions.push(...found.filter((version) => version !== undefined));
  }
  return versions;
}

/**
 * The search filter for a model's name. MLflow knows no escapes, only the other kind of quotation mark.
 *
 * @returns undefined for a name with both kinds
 */
function filterOf(name: string): string | undefined {
  const quotationMark = [`'`, `"`].find((mark) => !name.includes(mark));
  return quotationMark && `name=${quotationMark}${name}${quotationMark}`;
}
