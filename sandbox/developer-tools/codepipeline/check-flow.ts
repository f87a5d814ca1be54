import { type Action, type Definition, runOrderOf } from './definition';
import { invalidAction } from './errors';

/** An action with its place in the pipeline. */
interface Placed {
  readonly action: Action;
  readonly stage: number;
}

/**
 * Checks what flows between the actions: artifacts come from actions that are over when they are used.
 *
 * @throws ServiceError `InvalidActionDeclarationException`
 */
export function checkFlow(definition: Definition): void {
  const placed = definition.stages.flatMap(({ actions }, stage) => actions.map((action) => ({ action, stage })));
  const makers = new Map<string, Placed>();
  for (const each of placed) {
    for (const { name } of each.action.outputArtifacts ?? []) {
      if (makers.has(name)) throw invalidAction(`Output artifact names must be unique in a pipeline: ${name}`);
      makers.set(name, each);
    }
  }
  for (const user of placed) {
    for (const { name } of user.action.inputArtifacts ?? []) {
      const maker = makers.get(name);
      if (!maker || !isBefore(maker, user)) {
        throw invalidAction(`Input artifact ${name} of action ${user.action.name} is no output of an earlier action`);
      }
    }
  }
}

function isBefore(maker: Placed, user: Placed): boolean {
  if (maker.stage !== user.stage) return maker.stage < user.stage;
  return runOrderOf(maker.action) < runOrderOf(user.action);
}
