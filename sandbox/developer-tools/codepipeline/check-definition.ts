import type { Caller } from '../../aws-json/caller';
import { checkAction } from './check-action';
import { checkFlow } from './check-flow';
import type { Definition, Stage } from './definition';
import { invalidStructure, isGiven, notInCodePipeline } from './errors';

/** Members of a stage that would change what it does and are not here. */
const LACKING = ['blockers', 'beforeEntry', 'onFailure', 'onSuccess'] as const;

/**
 * Checks a definition beyond the service model (codepipeline/latest/userguide/reference-pipeline-structure).
 *
 * @throws ServiceError in CodePipeline's names; 501 for what is not here, by its name
 */
export function checkDefinition(definition: Definition, caller: Caller): void {
  checkPipeline(definition);
  checkStages(definition.stages);
  for (const stage of definition.stages) {
    refuseRepeated(
      stage.actions.map(({ name }) => name),
      (name) => `Action names must be unique in stage ${stage.name}: ${name}`,
    );
    for (const action of stage.actions) checkAction(action, caller);
  }
  checkFlow(definition);
}

function checkPipeline({
  artifactStore,
  artifactStores,
  executionMode = 'SUPERSEDED',
  variables,
  triggers,
}: Definition): void {
  if (artifactStores !== undefined) throw notInCodePipeline('artifactStores (actions in other regions)');
  if (artifactStore === undefined) throw invalidStructure('The pipeline must have an artifactStore');
  if ((triggers?.length ?? 0) > 0) throw notInCodePipeline('triggers (they are for sources by a connection)');
  if (executionMode !== 'SUPERSEDED') throw notInCodePipeline(`the execution mode ${executionMode}`);
  if ((variables?.length ?? 0) > 0) throw notInCodePipeline('variables of pipelines');
}

function checkStages(stages: readonly Stage[]): void {
  if (stages.length < 2) throw invalidStructure('A pipeline must contain at least two stages');
  refuseRepeated(
    stages.map(({ name }) => name),
    (name) => `Stage names must be unique in a pipeline: ${name}`,
  );
  for (const [index, stage] of stages.entries()) {
    const lacking = LACKING.find((member) => isGiven(stage[member]));
    if (lacking) throw notInCodePipeline(`stages with ${lacking} (${stage.name})`);
    if (stage.actions.length === 0) throw invalidStructure(`Stage ${stage.name} must have at least one action`);
    const sources = stage.actions.filter(({ actionTypeId }) => actionTypeId.category === 'Source').length;
    if (index === 0 && sources < stage.actions.length) {
      throw invalidStructure('Pipeline should start with a stage that only contains source actions');
    }
    if (index > 0 && sources > 0)
      throw invalidStructure(`Only the first stage may have source actions: ${stage.name} has`);
  }
}

function refuseRepeated(names: readonly string[], message: (name: string) => string): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw invalidStructure(message(repeated));
}
