import { pipelineName, repositoryName, ruleName } from '../shared/names/deployment-names';
import type { StartRequest } from '../start-pipeline/start-request';

/** What a template gets from an enrolment by `Fn::GetAtt`: names that it cannot make itself of any model's name. */
export type Attributes = {
  /** The model's package group in SageMaker. */
  readonly GroupName: string;
  readonly RepositoryName: string;
  readonly PipelineName: string;
  readonly RuleName: string;
  /** What the rule hands to the function that starts the pipeline, as JSON. */
  readonly StartPipelineInput: string;
};

/** @param stack ARN of the stack that the enrolment is in: it is another one when the model is provisioned again */
export function attributesOf(modelName: string, groupName: string, stack: string): Attributes {
  const input: StartRequest = { modelName, groupName, pipelineName: pipelineName(groupName), stack };
  return {
    GroupName: groupName,
    RepositoryName: repositoryName(groupName),
    PipelineName: input.pipelineName,
    RuleName: ruleName(groupName),
    StartPipelineInput: JSON.stringify(input),
  };
}
