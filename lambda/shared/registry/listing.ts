import type * as z from 'zod';
import type { RegistryHttp } from './http/registry-http';
import { API, aliasesOf, parse } from './mlflow-rest';
import { ModelPage, tagsOf, VersionPage, versionOf } from './mlflow-shapes';
import { PageSize } from './page-size';
import type { ListedModel, ModelVersion, Page } from './registry';

/** A page of all models of a registry, in the order of their names. */
export async function modelsPage(http: RegistryHttp, token: string | undefined): Promise<Page<ListedModel>> {
  const page = await readPage(http, `${API}/registered-models/search`, token, ModelPage);
  return {
    items: (page.registered_models ?? []).map((model) => ({
      name: model.name,
      aliases: aliasesOf(model.aliases),
      tags: tagsOf(model.tags),
      latest: (model.latest_versions ?? []).map((version) => versionOf(version)),
    })),
    next: page.next_page_token || undefined,
  };
}

/** A page of all versions of a registry, in the order of their models' names; what only the models know is not in them. */
export async function versionsPage(http: RegistryHttp, token: string | undefined): Promise<Page<ModelVersion>> {
  const page = await readPage(http, `${API}/model-versions/search`, token, VersionPage);
  return {
    items: (page.model_versions ?? []).map((version) => versionOf(version)),
    next: page.next_page_token || undefined,
  };
}

/**
 * One page. Tokens are offsets: what is added or deleted before one moves what follows, so that something may be seen twice or not
 * at all. In the order of names only additions and deletions do that, and no change.
 */
async function readPage<T>(
  http: RegistryHttp,
  path: string,
  token: string | undefined,
  shape: z.ZodType<T>,
): Promise<T> {
  const answer = await new PageSize().fit((items) =>
    http.get(path, { max_results: items, order_by: 'name ASC', page_token: token }),
  );
  return parse(shape, answer, path);
}
