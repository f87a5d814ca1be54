import { Match, type Template } from 'aws-cdk-lib/assertions';
import { BUILD_MINUTES, QUEUED_MINUTES } from '../../lambda/environments/build-record';
import { actionsOf, resourcesOf, type Statement } from '../support/policies';
import { synthesize } from '../support/synth';

const NAME = 'mlflow-mlops-environments';

let template: Template;

beforeAll(() => {
  template = synthesize().modelSync;
}, 60_000);

/** What the build's role may do; its logs are left out. */
function buildStatements(of = template): Statement[] {
  const policies = Object.values(of.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    (Properties.Roles as { Ref: string }[]).some(({ Ref }) => Ref.startsWith('ImageBuildsBuildRole')),
  );
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
    .filter((one) => !actionsOf(one).every((action) => action.startsWith('logs:')));
}

test('one repository has all images: with immutable tags, scanned, and kept when the stack goes', () => {
  template.hasResource('AWS::ECR::Repository', {
    DeletionPolicy: 'RetainExceptOnCreate',
    Properties: {
      RepositoryName: NAME,
      ImageTagMutability: 'IMMUTABLE',
      ImageScanningConfiguration: { ScanOnPush: true },
    },
  });
  template.resourceCountIs('AWS::ECR::Repository', 1);
});

test('the build has no privileges, limits that a record knows, and no limit of builds at once', () => {
  template.hasResourceProperties('AWS::CodeBuild::Project', {
    Name: NAME,
    Environment: Match.objectLike({
      PrivilegedMode: false,
      Type: 'LINUX_CONTAINER',
      Image: 'aws/codebuild/standard:7.0',
    }),
    Source: Match.objectLike({ Type: 'S3' }),
    TimeoutInMinutes: BUILD_MINUTES,
    QueuedTimeoutInMinutes: QUEUED_MINUTES,
    ConcurrentBuildLimit: Match.absent(),
    LogsConfig: { CloudWatchLogs: Match.objectLike({ Status: 'ENABLED' }) },
  });
});

test('the builder is installed from hashes and run as a module', () => {
  const [project] = Object.values(template.findResources('AWS::CodeBuild::Project', { Properties: { Name: NAME } }));
  const { phases } = JSON.parse(project?.Properties.Source.BuildSpec);
  expect(phases.install.commands.join('\n')).toContain('--require-hashes -r builder/requirements.txt');
  expect(phases.build.commands).toEqual(['.venv/bin/python -m builder']);
  expect(project?.Properties.Environment.EnvironmentVariables.map(({ Name }: { Name: string }) => Name)).toEqual([
    'BUCKET',
    'REPOSITORY_URI',
  ]);
});

test('a build reads its program and its inputs, reports and pushes, and that is all', () => {
  expect(buildStatements().flatMap(actionsOf).sort()).toEqual([
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:CompleteLayerUpload',
    'ecr:DescribeImages',
    'ecr:GetAuthorizationToken',
    'ecr:GetDownloadUrlForLayer',
    'ecr:InitiateLayerUpload',
    'ecr:PutImage',
    'ecr:UploadLayerPart',
    's3:GetBucketAcl',
    's3:GetBucketLocation',
    's3:GetObject',
    's3:GetObject',
    's3:GetObjectVersion',
    's3:PutObject',
  ]);
  const written = buildStatements().filter((one) => actionsOf(one).includes('s3:PutObject'));
  expect(JSON.stringify(written.flatMap(resourcesOf))).toMatch(/^[^*]*\/environments\/\*\/result\.json"[^*]*$/);
  const onAnything = buildStatements().filter(({ Resource }) => Resource === '*');
  expect(onAnything.flatMap(actionsOf)).toEqual(['ecr:GetAuthorizationToken']);
});

test('with a secret for package indexes the build alone reads it, and knows its name', () => {
  const withSecret = synthesize({ 'environment-index-secret': 'pypi/credentials' }).modelSync;
  withSecret.hasResourceProperties('AWS::CodeBuild::Project', {
    Environment: Match.objectLike({
      EnvironmentVariables: Match.arrayWith([{ Name: 'INDEX_SECRET', Type: 'PLAINTEXT', Value: 'pypi/credentials' }]),
    }),
  });
  const readers = Object.values(withSecret.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    JSON.stringify(Properties.PolicyDocument).includes('secret:pypi/credentials-??????'),
  );
  expect(readers.flatMap(({ Properties }) => Properties.Roles)).toEqual([
    { Ref: expect.stringMatching(/^ImageBuildsBuildRole/) },
  ]);
}, 60_000);

test('every end of a build reaches its function, or a queue that an alarm watches', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.codebuild'],
      'detail-type': ['CodeBuild Build State Change'],
      detail: {
        'build-status': ['SUCCEEDED', 'FAILED', 'STOPPED', 'FAULT', 'TIMED_OUT'],
        'project-name': [{ Ref: Match.stringLikeRegexp('^ImageBuildsBuild') }],
      },
    },
    Targets: [
      Match.objectLike({
        Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ImageLifecycleBuilt'), 'Arn'] },
        DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ImageLifecycleDeadLetters'), 'Arn'] } },
      }),
    ],
  });
  template.hasResourceProperties('AWS::Lambda::Function', {
    Description: 'Syncs the models that waited for an environment image',
    DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ImageLifecycleDeadLetters'), 'Arn'] } },
  });
});

test('images are swept once a day', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'rate(1 day)',
    Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ImageLifecycleSweep'), 'Arn'] } })],
  });
});

test('what images are built of is written by Create and the build alone', () => {
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: Match.objectLike({
      Statement: Match.arrayWith([
        Match.objectLike({
          Effect: 'Deny',
          Action: 's3:PutObject',
          Condition: {
            ArnNotEquals: {
              'aws:PrincipalArn': ['FunctionsCreateRole', 'ImageBuildsBuildRole'].map((role) => ({
                'Fn::GetAtt': [Match.stringLikeRegexp(`^${role}`), 'Arn'],
              })),
            },
          },
          Resource: { 'Fn::Join': ['', [Match.anyValue(), '/environments/*']] },
        }),
      ]),
    }),
  });
});
