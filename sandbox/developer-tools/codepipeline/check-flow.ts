import { type Action, type Definition, PIPELINE_VARIABLES, RESERVED_NAMESPACE, runOrderOf } from './definition';
import { invalidAction } from './errors';
import { namespacesIn } from './variables';

/** An action with its place in the pipeline. */
interface Placed {
  readonly action: Action;
  readonly stage: number;
}

/**
 * Checks what flows between the actions: artifacts and variables come from actions that are over when they are used.
 *
 * @throws ServiceError `InvalidActionDeclarationException`
 */
export function checkFlow(definition: Definition): void {
  const placed = definition.stages.flatMap(({ actions }, stage) => actions.map((action) => ({ action, stage })));
  const artifacts = declared(
    placed,
    ({ outputArtifacts = [] }) => outputArtifacts.map(({ name }) => name),
    'Output artifact',
  );
  const namespaces = declared(placed, ({ namespace }) => (namespace === undefined ? [] : [namespace]), 'Namespace');
  for (const name of [RESERVED_NAMESPACE, PIPELINE_VARIABLES]) {
    const taken = namespaces.get(name);
    if (taken) throw invalidAction(`Namespace ${name} is reserved: action ${taken.action.name} cannot have it`);
  }
  for (const user of placed) {
    for (const { name } of user.action.inputArtifacts ?? []) {
      const maker = artifacts.get(name);
      if (!maker || !isBefore(maker, user)) {
        throw invalidAction(`Input artifact ${name} of action ${user.action.name} is no output of an earlier action`);
      }
    }
    for (const namespace of Object.values(user.action.configuration ?? {}).flatMap(namespacesIn)) {
      if (namespace === RESERVED_NAMESPACE || namespace === PIPELINE_VARIABLES) continue;
      const maker = namespaces.get(namespace);
      if (!maker || !isBefore(maker, user)) {
        throw invalidAction(
          `Action ${user.action.name} refers to variables of ${namespace}, which no earlier action has`,
        );
      }
    }
  }
}

/** Who declares each name. @throws ServiceError when two do */
function declared(placed: readonly Placed[], namesOf: (action: Action) => string[], what: string): Map<string, Placed> {
  const makers = new Map<string, Placed>();
  for (const each of placed) {
    for (const name of namesOf(each.action)) {
      if (makers.has(name)) throw invalidAction(`${what} names must be unique in a pipeline: ${name}`);
      makers.set(name, each);
    }
  }
  return makers;
}

function isBefore(maker: Placed, user: Placed): boolean {
  if (maker.stage !== user.stage) return maker.stage < user.stage;
  return runOrderOf(maker.action) < runOrderOf(user.action);
}
