import type { Action } from './definition';

/** How many artifacts an action may have, at least and at most. */
type Range = readonly [least: number, most: number];

/** An action type that runs here: what its declaration may have. */
export interface Provider {
  readonly inputs: Range;
  readonly outputs: Range;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** Keys that are needed for some values of others. */
  readonly conditional?: (configuration: Readonly<Record<string, string>>) => readonly string[];
  /** Values that CodePipeline has and this stand-in does not, as `key=value`; `key` alone for any value. */
  readonly lacking?: readonly string[];
}

export const CODE_BUILD: Provider = {
  inputs: [1, 5],
  outputs: [0, 5],
  required: ['ProjectName'],
  optional: ['PrimarySource', 'BatchEnabled', 'CombineArtifacts', 'EnvironmentVariables'],
  lacking: ['PrimarySource', 'BatchEnabled=true', 'CombineArtifacts=true'],
};

const TEMPLATE_MODES = ['CHANGE_SET_REPLACE', 'CREATE_UPDATE', 'REPLACE_ON_FAILURE'];

/** By `category/owner/provider/version`, with AWS's tables (codepipeline/latest/userguide/reference-pipeline-structure). */
const PROVIDERS: Readonly<Record<string, Provider>> = {
  'Source/AWS/CodeCommit/1': {
    inputs: [0, 0],
    outputs: [1, 1],
    required: ['RepositoryName', 'BranchName'],
    optional: ['PollForSourceChanges', 'OutputArtifactFormat'],
    lacking: ['OutputArtifactFormat=CODEBUILD_CLONE_REF'],
  },
  'Build/AWS/CodeBuild/1': CODE_BUILD,
  'Test/AWS/CodeBuild/1': CODE_BUILD,
  'Deploy/AWS/CloudFormation/1': {
    inputs: [0, 10],
    outputs: [0, 1],
    required: ['ActionMode', 'StackName'],
    optional: [
      'Capabilities',
      'ChangeSetName',
      'RoleArn',
      'TemplatePath',
      'OutputFileName',
      'ParameterOverrides',
      'TemplateConfiguration',
    ],
    conditional: ({ ActionMode: mode = '' }) => [
      ...(mode.startsWith('CHANGE_SET_') ? ['ChangeSetName'] : []),
      ...(TEMPLATE_MODES.includes(mode) ? ['TemplatePath'] : []),
      ...(mode === 'CHANGE_SET_EXECUTE' ? [] : ['RoleArn']),
    ],
    lacking: [
      'ActionMode=CREATE_UPDATE',
      'ActionMode=DELETE_ONLY',
      'ActionMode=REPLACE_ON_FAILURE',
      'OutputFileName',
      'ParameterOverrides',
    ],
  },
};

/** The provider of an action, or undefined when there is none here. */
export function providerOf({ actionTypeId: { category, owner, provider, version } }: Action): Provider | undefined {
  return PROVIDERS[`${category}/${owner}/${provider}/${version}`];
}
