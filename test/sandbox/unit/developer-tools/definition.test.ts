import { checkDefinition } from '../../../../sandbox/developer-tools/codepipeline/check-definition';
import type { Definition } from '../../../../sandbox/developer-tools/codepipeline/definition';
import { action, CALLER, definition, source } from './fake-pipeline';

const step = action('Step');
const build = (more: Parameters<typeof action>[1] = {}) => action('Build', more);
const deploy = (configuration: Record<string, string>) =>
  action('Deploy', { provider: 'CloudFormation', configuration: { StackName: 's', ...configuration } });
const check = (of: Definition) => () => checkDefinition(of, CALLER);

test('a sound definition is taken', () => {
  expect(check(definition({ Build: [build()], Step: [step] }))).not.toThrow();
});

test.each<[string, Definition, string]>([
  ['one stage', definition({}), 'at least two stages'],
  [
    'no source',
    {
      ...definition({ A: [step] }),
      stages: [
        { name: 'A', actions: [step] },
        { name: 'B', actions: [step] },
      ],
    },
    'only contains source actions',
  ],
  [
    'a source in a later stage',
    definition({ A: [source('Again', { outputArtifacts: [{ name: 'Other' }] })] }),
    'Only the first stage',
  ],
  ['two actions of one name', definition({ A: [step, step] }), 'Action names must be unique in stage A: Step'],
  ['an empty stage', definition({ A: [] }), 'Stage A must have at least one action'],
  ['no bucket', { ...definition({ A: [step] }), artifactStore: undefined } as unknown as Definition, 'artifactStore'],
])('%s is no pipeline', (_what, of, message) => {
  expect(check(of)).toThrow(
    expect.objectContaining({ name: 'InvalidStructureException', message: expect.stringContaining(message) }),
  );
});

test.each<[string, Definition, string]>([
  [
    'an artifact that nobody makes',
    definition({ A: [build({ inputArtifacts: [{ name: 'Other' }] })] }),
    'Input artifact Other of action Build',
  ],
  [
    'an artifact of an action that runs beside it',
    definition({
      A: [build({ outputArtifacts: [{ name: 'Out' }] }), action('User', { inputArtifacts: [{ name: 'Out' }] })],
    }),
    'Input artifact Out of action User',
  ],
  [
    'two artifacts of one name',
    definition({ A: [build({ outputArtifacts: [{ name: 'Code' }] })] }),
    'must be unique in a pipeline: Code',
  ],
  [
    'a missing configuration',
    definition({ A: [build({ configuration: {} })] }),
    "missing required configuration 'ProjectName'",
  ],
  [
    'an unknown configuration',
    definition({ A: [build({ configuration: { ProjectName: 'p', Projekt: 'q' } })] }),
    "unknown configuration 'Projekt'",
  ],
  [
    'a template without a role',
    definition({ A: [deploy({ ActionMode: 'CHANGE_SET_REPLACE', ChangeSetName: 'c', TemplatePath: 'Code::t' })] }),
    "missing required configuration 'RoleArn'",
  ],
  [
    'a change set without a name',
    definition({ A: [deploy({ ActionMode: 'CHANGE_SET_EXECUTE' })] }),
    "missing required configuration 'ChangeSetName'",
  ],
  [
    'too many artifacts',
    definition({ A: [build({ inputArtifacts: [] })] }),
    'has 0 input artifacts; it must have 1 to 5',
  ],
])('%s is no action', (_what, of, message) => {
  expect(check(of)).toThrow(
    expect.objectContaining({ name: 'InvalidActionDeclarationException', message: expect.stringContaining(message) }),
  );
});

test.each<[string, Definition]>([
  [
    'the action provider Manual (Approval, AWS, 1)',
    definition({
      A: [{ ...step, actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' } }],
    }),
  ],
  [
    'PollForSourceChanges to false',
    definition({
      Source: [source('Source', { configuration: { RepositoryName: 'r', BranchName: 'b' } })],
      A: [step],
    }),
  ],
  [
    'OutputArtifactFormat=CODEBUILD_CLONE_REF',
    definition({
      Source: [
        source('Source', {
          configuration: {
            RepositoryName: 'r',
            BranchName: 'b',
            PollForSourceChanges: 'false',
            OutputArtifactFormat: 'CODEBUILD_CLONE_REF',
          },
        }),
      ],
      A: [step],
    }),
  ],
  ['BatchEnabled=true', definition({ A: [build({ configuration: { ProjectName: 'p', BatchEnabled: 'true' } })] })],
  [
    'ActionMode=REPLACE_ON_FAILURE',
    definition({ A: [deploy({ ActionMode: 'REPLACE_ON_FAILURE', TemplatePath: 'Code::t', RoleArn: 'r' })] }),
  ],
  [
    'ActionMode=CREATE_UPDATE',
    definition({ A: [deploy({ ActionMode: 'CREATE_UPDATE', TemplatePath: 'Code::t', RoleArn: 'r' })] }),
  ],
  [
    'ParameterOverrides',
    definition({ A: [deploy({ ActionMode: 'CHANGE_SET_EXECUTE', ChangeSetName: 'c', ParameterOverrides: '{}' })] }),
  ],
  [
    'variables in a configuration',
    definition({ A: [build({ configuration: { ProjectName: '#{From.BranchName}' } })] }),
  ],
  ['actions with namespace', definition({ A: [build({ namespace: 'Built' })] })],
  [
    'several sources or artifacts',
    definition({ A: [build({ inputArtifacts: [{ name: 'Code' }, { name: 'Code' }] })] }),
  ],
  ['the execution mode QUEUED', definition({ A: [step] }, { executionMode: 'QUEUED' })],
  ['variables of pipelines', definition({ A: [step] }, { variables: [{ name: 'Colour' }] })],
  ['actions in another region', definition({ A: [action('Step', { region: 'eu-west-1' })] })],
  [
    'triggers',
    definition(
      { A: [step] },
      { triggers: [{ providerType: 'CodeStarSourceConnection', gitConfiguration: { sourceActionName: 'Source' } }] },
    ),
  ],
  ['artifactStores', definition({ A: [step] }, { artifactStores: {} })],
  [
    'stages with onFailure',
    {
      ...definition({ A: [step] }),
      stages: [...definition({}).stages, { name: 'A', actions: [step], onFailure: { result: 'ROLLBACK' } }],
    },
  ],
  ['actions with commands', definition({ A: [action('Step', { commands: ['ls'] })] })],
])('%s is AWS only, and said so', (what, of) => {
  expect(check(of)).toThrow(expect.objectContaining({ status: 501, message: expect.stringContaining(what) }));
});
