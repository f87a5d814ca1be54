import { checkDefinition } from '../../../../sandbox/developer-tools/codepipeline/check-definition';
import type { Definition } from '../../../../sandbox/developer-tools/codepipeline/definition';
import { action, CALLER, definition, source } from './fake-pipeline';

const approve = action('Approve');
const input = [{ name: 'Code' }];
const build = (more: Parameters<typeof action>[1] = {}) =>
  action('Build', { provider: 'CodeBuild', configuration: { ProjectName: 'p' }, inputArtifacts: input, ...more });
const deploy = (configuration: Record<string, string>) =>
  action('Deploy', { provider: 'CloudFormation', configuration: { StackName: 's', ...configuration } });
const check = (of: Definition) => () => checkDefinition(of, CALLER);

test('a sound definition is taken', () => {
  const sound = definition({
    Source: [source('Source', { namespace: 'From' })],
    Build: [build({ configuration: { ProjectName: '#{From.BranchName}' } })],
    Approve: [approve],
  });
  expect(check(sound)).not.toThrow();
});

test.each<[string, Definition, string]>([
  ['one stage', definition({}), 'at least two stages'],
  [
    'no source',
    {
      ...definition({ A: [approve] }),
      stages: [
        { name: 'A', actions: [approve] },
        { name: 'B', actions: [approve] },
      ],
    },
    'only contains source actions',
  ],
  [
    'a source in a later stage',
    definition({ A: [source('Again', { outputArtifacts: [{ name: 'Other' }] })] }),
    'Only the first stage',
  ],
  ['two actions of one name', definition({ A: [approve, approve] }), 'Action names must be unique in stage A: Approve'],
  ['an empty stage', definition({ A: [] }), 'Stage A must have at least one action'],
  [
    'no bucket',
    { ...definition({ A: [approve] }), artifactStore: undefined } as unknown as Definition,
    'artifactStore',
  ],
  ['a mode that needs V2', definition({ A: [approve] }, { executionMode: 'QUEUED', pipelineType: 'V1' }), 'type V2'],
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
      A: [
        build({ outputArtifacts: [{ name: 'Out' }] }),
        action('User', {
          provider: 'CodeBuild',
          configuration: { ProjectName: 'p' },
          inputArtifacts: [{ name: 'Out' }],
        }),
      ],
    }),
    'Input artifact Out of action User',
  ],
  [
    'two artifacts of one name',
    definition({ A: [build({ outputArtifacts: [{ name: 'Code' }] })] }),
    'must be unique in a pipeline: Code',
  ],
  [
    'variables of a later action',
    definition({
      A: [build({ configuration: { ProjectName: '#{Later.X}' } })],
      B: [action('Approve', { namespace: 'Later' })],
    }),
    'variables of Later',
  ],
  [
    'a reserved namespace',
    definition({ A: [action('Approve', { namespace: 'codepipeline' })] }),
    'codepipeline is reserved',
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
    definition({ A: [deploy({ ActionMode: 'CREATE_UPDATE', TemplatePath: 'Code::t' })] }),
    "missing required configuration 'RoleArn'",
  ],
  [
    'a change set without a name',
    definition({ A: [deploy({ ActionMode: 'CHANGE_SET_EXECUTE' })] }),
    "missing required configuration 'ChangeSetName'",
  ],
  [
    'several sources of a build without the primary one',
    definition({
      Source: [source(), source('Other', { outputArtifacts: [{ name: 'Other' }] })],
      A: [build({ inputArtifacts: [...input, { name: 'Other' }] })],
    }),
    "missing required configuration 'PrimarySource'",
  ],
  [
    'too many artifacts',
    definition({ A: [action('Approve', { inputArtifacts: input })] }),
    'has 1 input artifacts; it must have 0 to 0',
  ],
])('%s is no action', (_what, of, message) => {
  expect(check(of)).toThrow(
    expect.objectContaining({ name: 'InvalidActionDeclarationException', message: expect.stringContaining(message) }),
  );
});

test.each<[string, Definition]>([
  [
    'the action provider Lambda (Approval, AWS, 1)',
    definition({ A: [{ ...approve, actionTypeId: { ...approve.actionTypeId, provider: 'Lambda' } }] }),
  ],
  [
    'PollForSourceChanges to false',
    definition({
      Source: [source('Source', { configuration: { RepositoryName: 'r', BranchName: 'b' } })],
      A: [approve],
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
      A: [approve],
    }),
  ],
  ['BatchEnabled=true', definition({ A: [build({ configuration: { ProjectName: 'p', BatchEnabled: 'true' } })] })],
  [
    'ActionMode=REPLACE_ON_FAILURE',
    definition({ A: [deploy({ ActionMode: 'REPLACE_ON_FAILURE', TemplatePath: 'Code::t', RoleArn: 'r' })] }),
  ],
  ['NotificationArn', definition({ A: [action('Approve', { configuration: { NotificationArn: 'arn' } })] })],
  ['actions in another region', definition({ A: [action('Approve', { region: 'eu-west-1' })] })],
  [
    'triggers',
    definition(
      { A: [approve] },
      { triggers: [{ providerType: 'CodeStarSourceConnection', gitConfiguration: { sourceActionName: 'Source' } }] },
    ),
  ],
  ['artifactStores', definition({ A: [approve] }, { artifactStores: {} })],
  [
    'stages with onFailure',
    {
      ...definition({ A: [approve] }),
      stages: [...definition({}).stages, { name: 'A', actions: [approve], onFailure: { result: 'ROLLBACK' } }],
    },
  ],
  ['actions with commands', definition({ A: [action('Approve', { commands: ['ls'] })] })],
])('%s is AWS only, and said so', (what, of) => {
  expect(check(of)).toThrow(expect.objectContaining({ status: 501, message: expect.stringContaining(what) }));
});
