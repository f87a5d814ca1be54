import type { Container, DataLocation } from '../containers';
import { dataLocationOf } from '../containers';
import { findModel, findPackage } from '../find';
import type { AccountState } from '../state';

/** What one variant runs. */
export interface Deployable {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly data: DataLocation | undefined;
  /** It has no network. */
  readonly isolated: boolean;
}

/**
 * Follows a model to the container it runs, through its package if it has one. This is done at every deployment, so a package
 * that was deleted after the model was made fails the deployment and not what already runs.
 *
 * @throws ServiceError or Error with the reason when there is nothing to deploy
 */
export function resolveModel(state: AccountState, modelName: string): Deployable {
  const { details } = findModel(state, modelName);
  const container = only(details.PrimaryContainer ? [details.PrimaryContainer] : (details.Containers ?? []), modelName);
  const packageName = container.ModelPackageName;
  const isolated = details.EnableNetworkIsolation === true;
  if (packageName === undefined) return deployable(container, {}, isolated);
  const specification = findPackage(state, packageName).details.InferenceSpecification;
  return deployable(only(specification?.Containers ?? [], packageName), container.Environment ?? {}, isolated);
}

/** A model has an environment of its own only where its package has none (see environment.ts). */
function deployable(
  container: Container,
  environment: Readonly<Record<string, string>>,
  isolated: boolean,
): Deployable {
  return {
    image: container.Image ?? '',
    environment: { ...container.Environment, ...environment },
    data: dataLocationOf(container),
    isolated,
  };
}

function only<Item>(items: readonly Item[], owner: string): Item {
  const [item, ...others] = items;
  if (item === undefined || others.length > 0) {
    throw new Error(`The sandbox runs one container a model; ${owner} has ${items.length}.`);
  }
  return item;
}
