import { Match, type Template } from 'aws-cdk-lib/assertions';
import { devDependencies } from '../../../package.json';
import { actionsOf, resourcesOf, type Statement } from '../../support/policies';
import { synthesize } from '../../support/synth';

let root: Template;

beforeAll(() => {
  root = synthesize().root;
}, 60_000);

interface Action {
  readonly Name: string;
  readonly RunOrder: number;
  readonly ActionTypeId: { readonly Provider: string };
  readonly Configuration: Record<string, unknown>;
}

function stages(template: Template): { Name: string; Actions: Action[] }[] {
  const [pipeline] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
  return pipeline?.Properties.Stages;
}

/** The commands of all builds, as their buildspecs have them. */
function buildSpecs(template: Template): string[] {
  return Object.values(template.findResources('AWS::CodeBuild::Project')).map(({ Properties }) =>
    JSON.stringify(Properties.Source.BuildSpec),
  );
}

test('the pipeline MLflow-MLOps is V2 and restarts when it changed itself', () => {
  root.hasResourceProperties('AWS::CodePipeline::Pipeline', {
    Name: 'MLflow-MLOps',
    PipelineType: 'V2',
    RestartExecutionOnUpdate: true,
  });
});

test('it takes branch main of the repository that the parameter names', () => {
  root.hasParameter('RepositoryName', { Type: 'String', Default: 'mlflow-mlops' });
  expect(stages(root)[0]?.Actions).toEqual([
    expect.objectContaining({
      ActionTypeId: expect.objectContaining({ Provider: 'CodeCommit' }),
      Configuration: { RepositoryName: { Ref: 'RepositoryName' }, BranchName: 'main', PollForSourceChanges: false },
    }),
  ]);
});

test('it deploys both application stacks, in their order, under their own names', () => {
  const deployed = stages(root).slice(-2);
  expect(deployed.map(({ Name }) => Name)).toEqual(['ModelRepack', 'ServiceCatalogProduct']);
  const names = deployed.map(({ Actions }) => [
    ...new Set(Actions.map(({ Configuration }) => Configuration.StackName)),
  ]);
  expect(names).toEqual([['ModelRepack-ModelSyncStack'], ['ServiceCatalogProduct-ScProductStack']]);
});

test('its builds run npm ci, the unit tests and synth, with pinned tools and without Docker', () => {
  const specs = buildSpecs(root);
  const synth = specs.find((spec) => spec.includes('npm ci')) ?? '';
  expect(synth).toMatch(/npm ci.*npm run test:unit.*npx cdk synth/s);
  const text = specs.join();
  expect(text).toContain(`aws-cdk@${devDependencies['aws-cdk']}`);
  expect(text).not.toMatch(/cdk-assets@latest|aws-cdk[^@\w-]*"/);
  root.allResourcesProperties('AWS::CodeBuild::Project', { Environment: Match.objectLike({ PrivilegedMode: false }) });
});

test('a repository behind a connection takes the place of CodeCommit, and of its parameter', () => {
  const connectionArn = 'arn:aws:codeconnections:us-east-1:111111111111:connection/abc';
  const source = { type: 'connection', connectionArn, repository: 'acme/mlflow-mlops' };
  const { root: connected } = synthesize({ source });
  expect(stages(connected)[0]?.Actions[0]).toMatchObject({
    ActionTypeId: { Provider: 'CodeStarSourceConnection' },
    Configuration: { ConnectionArn: connectionArn, FullRepositoryId: 'acme/mlflow-mlops', BranchName: 'main' },
  });
  expect(Object.keys(connected.findParameters('*'))).not.toContain('RepositoryName');
  // Under the service's old name and its new one: which of them counts is up to the connection's ARN.
  const statements = Object.values(connected.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
  );
  const uses = statements.filter(({ Action }) => JSON.stringify(Action).includes(':UseConnection'));
  expect(uses.flatMap(({ Action }) => Action).sort()).toEqual([
    'codeconnections:UseConnection',
    'codestar-connections:UseConnection',
  ]);
  expect(uses.map(({ Resource }) => Resource)).toEqual(uses.map(() => connectionArn));
});

test('without the pipeline everything else is the same, so that one can be added to an installation', () => {
  const withPipeline = synthesize();
  const without = synthesize({ pipeline: false });
  expect(withPipeline.root.toJSON()).toMatchObject(without.root.toJSON());
  without.root.resourceCountIs('AWS::CodePipeline::Pipeline', 0);
  without.root.resourceCountIs('AWS::SSM::Parameter', 1);
  expect(without.stackNames).toEqual(withPipeline.stackNames);
  for (const stack of ['modelSync', 'scProduct'] as const) {
    expect(without[stack].toJSON()).toEqual(withPipeline[stack].toJSON());
  }
});

describe('the roles of the pipeline', () => {
  /** What a role's policies allow on everything. */
  function everywhere(role: RegExp): string[] {
    return Object.values(root.findResources('AWS::IAM::Policy'))
      .filter(({ Properties }) => (Properties.Roles as { Ref: string }[]).some(({ Ref }) => role.test(Ref)))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
      .filter((statement) => resourcesOf(statement).includes('*'))
      .flatMap(actionsOf)
      .sort();
  }

  test('that run the code of this project do nothing on everything but look for stacks and buckets', () => {
    expect(everywhere(/BuildSynth/)).toEqual([]);
    expect(everywhere(/SelfMutation/)).toEqual(['cloudformation:DescribeStacks', 's3:ListBucket']);
  });

  test('can be assumed by services and by the pipeline, and not by everybody in the account', () => {
    for (const { Properties } of Object.values(root.findResources('AWS::IAM::Role'))) {
      expect(JSON.stringify(Properties.AssumeRolePolicyDocument)).not.toContain(':root');
    }
  });
});
