import type { Caller } from '../../aws-json/caller';
import { CODE_BUILD, type Provider, providerOf } from './action-types';
import type { Action } from './definition';
import { invalidAction, isGiven, notInCodePipeline } from './errors';

/** Members of an action that would change what it does and are not here. */
const LACKING = ['commands', 'outputVariables', 'environmentVariables', 'namespace', 'timeoutInMinutes'] as const;

/**
 * Checks one action by itself, as CreatePipeline does.
 *
 * @throws ServiceError `InvalidActionDeclarationException`; 501 for what is not here, by its name
 */
export function checkAction(action: Action, { region }: Caller): void {
  const lacking = LACKING.find((member) => isGiven(action[member]));
  if (lacking) throw notInCodePipeline(`actions with ${lacking} (${action.name})`);
  if (action.region !== undefined && action.region !== region) {
    throw notInCodePipeline(`actions in another region (${action.name} in ${action.region})`);
  }
  const { category, owner, provider: name, version } = action.actionTypeId;
  const provider = providerOf(action);
  if (!provider) throw notInCodePipeline(`the action provider ${name} (${category}, ${owner}, ${version})`);
  checkArtifactCounts(action, provider);
  checkConfiguration(action, provider);
}

function checkArtifactCounts({ name, inputArtifacts = [], outputArtifacts = [] }: Action, provider: Provider): void {
  const sides = [
    ['input', inputArtifacts.length, provider.inputs],
    ['output', outputArtifacts.length, provider.outputs],
  ] as const;
  for (const [side, count, [least, most]] of sides) {
    if (count < least || count > most) {
      throw invalidAction(`Action ${name} has ${count} ${side} artifacts; it must have ${least} to ${most}`);
    }
  }
  if (provider === CODE_BUILD && (inputArtifacts.length > 1 || outputArtifacts.length > 1)) {
    throw notInCodePipeline(`builds with several sources or artifacts (${name})`);
  }
  if (outputArtifacts.some(({ files }) => files !== undefined)) {
    throw notInCodePipeline(`files of output artifacts (${name})`);
  }
}

function checkConfiguration({ name, configuration = {} }: Action, provider: Provider): void {
  const needed = [...provider.required, ...(provider.conditional?.(configuration) ?? [])];
  const missing = needed.find((key) => !configuration[key]);
  if (missing)
    throw invalidAction(`Action configuration for action '${name}' is missing required configuration '${missing}'`);
  const known = [...provider.required, ...provider.optional];
  const unknown = Object.keys(configuration).find((key) => !known.includes(key));
  if (unknown)
    throw invalidAction(`Action configuration for action '${name}' contains unknown configuration '${unknown}'`);
  const lacking = provider.lacking?.find((item) => {
    const [key = '', value] = item.split('=');
    return configuration[key] !== undefined && (value === undefined || configuration[key] === value);
  });
  if (lacking) throw notInCodePipeline(`${lacking} (action ${name})`);
  if (Object.values(configuration).some((value) => value.includes('#{'))) {
    throw notInCodePipeline(`variables in a configuration (action ${name})`);
  }
  // CodePipeline polls unless it is told not to, and a rule would start the pipeline a second time.
  if (known.includes('PollForSourceChanges') && configuration.PollForSourceChanges !== 'false') {
    throw notInCodePipeline(`sources that are polled: set PollForSourceChanges to false (action ${name})`);
  }
}
