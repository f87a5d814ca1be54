import type { Template } from 'aws-cdk-lib/assertions';
import { actionsOf, covers, resourcesOf, type Statement } from '../support/policies';
import { provisioned } from '../support/product-template';
import { synthesize } from '../support/synth';

let template: Template;

beforeAll(() => {
  template = synthesize().modelSync;
}, 60_000);

/** A pattern, and not the ARN of a resource of the stack itself. */
function isText(node: unknown): boolean {
  return typeof node === 'string' || Object.hasOwn(node as object, 'Fn::Join');
}

/** What the policies of a role say, by the construct that it belongs to. Logs are left out. */
function statementsOf(role: RegExp, of = template): Statement[] {
  const policies = Object.values(of.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    (Properties.Roles as { Ref: string }[]).some(({ Ref }) => role.test(Ref)),
  );
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
    .filter((one) => !actionsOf(one).every((action) => action.startsWith('logs:')));
}

const READ_SECRET = ['secretsmanager:GetSecretValue'];

describe('least privilege', () => {
  test.each([
    [
      'list',
      /^FunctionsListRole/,
      [
        'dynamodb:Query',
        's3:GetObject',
        's3:PutObject',
        'sagemaker:ListModelPackages',
        ...READ_SECRET,
        'ssm:GetParameters',
      ],
    ],
    ['claim', /^FunctionsClaimRole/, ['dynamodb:UpdateItem', 'states:DescribeExecution']],
    [
      'plan',
      /^FunctionsPlanRole/,
      [
        'codepipeline:ListPipelineExecutions',
        'dynamodb:GetItem',
        'dynamodb:UpdateItem',
        'sagemaker:DescribeModelPackage',
        'sagemaker:ListModelPackages',
        ...READ_SECRET,
        'ssm:GetParameters',
      ],
    ],
    [
      'create',
      /^FunctionsCreateRole/,
      [
        'codebuild:StartBuild',
        'dynamodb:GetItem',
        'dynamodb:UpdateItem',
        'ecr:BatchGetImage',
        'ecr:DescribeImages',
        's3:AbortMultipartUpload',
        's3:DeleteObjectTagging',
        's3:GetObject',
        's3:GetObject',
        's3:ListBucket',
        's3:ListMultipartUploadParts',
        's3:PutObject',
        's3:PutObject',
        'sagemaker:AddTags',
        'sagemaker:CreateModelPackage',
        'sagemaker:CreateModelPackageGroup',
        'sagemaker:DescribeModelPackage',
        'sagemaker:DescribeModelPackageGroup',
        'sagemaker:ListTags',
        ...READ_SECRET,
        'ssm:GetParameters',
      ],
    ],
    [
      'update',
      /^FunctionsUpdateRole/,
      ['dynamodb:UpdateItem', 'sagemaker:DescribeModelPackage', 'sagemaker:UpdateModelPackage', ...READ_SECRET],
    ],
    [
      'delete',
      /^FunctionsDeleteRole/,
      ['dynamodb:UpdateItem', 'sagemaker:DeleteModelPackage', 'sagemaker:DescribeModelPackage'],
    ],
    [
      'sweep',
      /^FunctionsSweepRole/,
      [
        'dynamodb:UpdateItem',
        's3:AbortMultipartUpload',
        's3:DeleteObject',
        's3:DeleteObjectTagging',
        's3:GetObjectTagging',
        's3:ListBucket',
        's3:ListBucketMultipartUploads',
        's3:PutObjectTagging',
        'sagemaker:DescribeModelPackage',
        'sagemaker:ListModelPackages',
      ],
    ],
    ['release', /^FunctionsReleaseRole/, ['dynamodb:DeleteItem', 'dynamodb:UpdateItem', 'states:StartExecution']],
    ['webhook', /^WebhookReceiverRole/, ['dynamodb:GetItem', ...READ_SECRET, 'states:StartExecution']],
    [
      'rotate',
      /^WebhookSecretRotationRotateRole/,
      [
        'dynamodb:Query',
        'secretsmanager:DescribeSecret',
        ...READ_SECRET,
        ...READ_SECRET,
        'secretsmanager:PutSecretValue',
        'secretsmanager:UpdateSecretVersionStage',
        'ssm:GetParameters',
      ],
    ],
    [
      'start-pipeline',
      /^StartPipelineFunctionRole/,
      [
        'codepipeline:StartPipelineExecution',
        'dynamodb:GetItem',
        'dynamodb:UpdateItem',
        'sagemaker:DescribeModelPackage',
        'sagemaker:ListModelPackages',
        'sqs:SendMessage',
      ],
    ],
    ['terminate, at its beginning', /^TerminateBeginRole/, []],
    [
      'terminate',
      /^TerminateProceedRole/,
      [
        'cloudformation:DeleteStack',
        'cloudformation:DescribeStackEvents',
        'cloudformation:DescribeStacks',
        'codebuild:BatchGetBuilds',
        'codebuild:ListBuildsForProject',
        'codebuild:StopBuild',
        'codecommit:UpdateRepositoryName',
        'codepipeline:GetPipeline',
        'codepipeline:ListPipelineExecutions',
        'codepipeline:StopPipelineExecution',
        'dynamodb:DeleteItem',
        'events:DisableRule',
      ],
    ],
    [
      'environment-built',
      /^ImageLifecycleBuiltRole/,
      [
        'dynamodb:GetItem',
        'dynamodb:UpdateItem',
        's3:GetObject',
        's3:ListBucket',
        'sqs:SendMessage',
        'states:StartExecution',
      ],
    ],
    [
      'environment-sweep',
      /^ImageLifecycleSweepRole/,
      [
        'dynamodb:DeleteItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        'ecr:BatchDeleteImage',
        'ecr:DescribeImages',
        's3:DeleteObject',
        's3:ListBucket',
        'sagemaker:DescribeModel',
        'sagemaker:DescribeModelPackage',
        'sagemaker:ListModelPackages',
        'sagemaker:ListModels',
      ],
    ],
  ])('%s may do what it does and no more', (_name, role, actions) => {
    expect(statementsOf(role).flatMap(actionsOf).sort()).toEqual(actions);
  });

  test('plan and create alone read the artifact store that was named, and of its bucket nothing else', () => {
    const store = {
      bucket: 'their-artifacts',
      prefix: 'mlflow/prod',
      kmsKeyArn: 'arn:aws:kms:us-east-1:111111111111:key/k',
    };
    const withStore = synthesize({ 'artifact-store': store }).modelSync;
    const added = (role: RegExp) => {
      const before = statementsOf(role).map((one) => JSON.stringify(one));
      return statementsOf(role, withStore).filter((one) => !before.includes(JSON.stringify(one)));
    };
    const arn = (rest: string) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::their-artifacts${rest}`]],
    });
    for (const role of [/^FunctionsPlanRole/, /^FunctionsCreateRole/]) {
      expect(added(role)).toEqual([
        { Effect: 'Allow', Action: 's3:GetObject', Resource: arn('/mlflow/prod/*') },
        {
          Effect: 'Allow',
          Action: 's3:ListBucket',
          Resource: arn(''),
          Condition: { StringLike: { 's3:prefix': 'mlflow/prod/*' } },
        },
        { Effect: 'Allow', Action: 'kms:Decrypt', Resource: store.kmsKeyArn },
      ]);
    }
    for (const role of [
      /^FunctionsListRole/,
      /^FunctionsUpdateRole/,
      /^FunctionsDeleteRole/,
      /^EnrolmentHandlerRole/,
    ]) {
      expect(added(role)).toEqual([]);
    }
  }, 60_000);

  test("the webhook's secret is changed by the function that rotates it, and that changes no other", () => {
    const changing = /^secretsmanager:(?!GetSecretValue|DescribeSecret)/;
    const changes = statementsOf(/./).filter((one) => actionsOf(one).some((action) => changing.test(action)));
    expect(changes.map(resourcesOf)).toEqual([[{ Ref: expect.stringMatching(/^WebhookSecret/) }]]);
    expect(statementsOf(/^WebhookSecretRotationRotateRole/)).toContainEqual(changes[0]);
  });

  test('the state machine runs its functions and itself, reads its own lists, writes its table, and no more', () => {
    const statements = statementsOf(/^SyncStateMachineRole/).filter(
      (one) => !actionsOf(one).every((action) => /^(logs|xray|lambda):/.test(action)),
    );
    expect(statements.flatMap(actionsOf).sort()).toEqual([
      'dynamodb:UpdateItem',
      'events:DescribeRule',
      'events:PutEvents',
      'events:PutRule',
      'events:PutTargets',
      's3:GetObject',
      'states:DescribeExecution',
      'states:RedriveExecution',
      'states:StartExecution',
      'states:StopExecution',
    ]);
    const reached = (service: string) =>
      JSON.stringify(
        statements.filter((one) => actionsOf(one).some((action) => action.startsWith(service))).map(resourcesOf),
      );
    expect(reached('dynamodb:')).toMatch(/^[^*]*"Ref":"Table\w+"[^*]*$/);
    expect(reached('s3:')).toMatch(/^\S*\/syncs\/\*"\S*$/);
    expect(reached('states:').match(/"Ref":"\w+"/g)).toEqual(
      expect.arrayContaining([expect.stringContaining('SyncStateMachine')]),
    );
    expect(reached('events:Put')).toContain('rule/StepFunctionsGetEventsForStepFunctionsExecutionRule');
  });

  // Names of buckets can be predicted, so one of such a name could be in another account.
  test('what is allowed in S3 is allowed for buckets of this account', () => {
    const { scProduct } = synthesize();
    const about = [
      ...statementsOf(/./),
      ...statementsOf(/^(LaunchRole|ModelRoles)/, scProduct).filter((one) => JSON.stringify(one).includes('-assets-')),
    ].filter((one) => one.Effect === 'Allow' && actionsOf(one).every((action) => action.startsWith('s3:')));
    expect(about.length).toBeGreaterThan(12);
    for (const { Action, Condition } of about) {
      expect([Action, Condition?.StringEquals?.['aws:ResourceAccount']]).toEqual([Action, { Ref: 'AWS::AccountId' }]);
    }
  });

  test('no statement allows everything on everything', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
      for (const { Action, Resource } of Properties.PolicyDocument.Statement) {
        expect([Action].flat()).not.toContain('*');
        if (Resource === '*') {
          // Log delivery and X-Ray of the state machine take no resource, nor does a list of packages, the login to ECR or a metric.
          const allowed = /^(logs|xray):|^sagemaker:List|^ecr:GetAuthorizationToken$|^cloudwatch:PutMetricData$/;
          expect([Action].flat().every((action: string) => allowed.test(action))).toBe(true);
        }
      }
    }
  });

  test.each([
    ['start-pipeline', /^StartPipelineFunctionRole/, ['MLflow-MLOps', 'stack/MlflowMlopsStack/', 'mlflow-mlops']],
    ['terminate', /^TerminateProceedRole/, ['MLflow-MLOps', 'stack/MlflowMlopsStack/', 'rule/mlflow-mlops']],
  ])('%s reaches only what belongs to models', (_name, role, foreign) => {
    const reached = statementsOf(role)
      .flatMap(resourcesOf)
      .filter(isText)
      .map((node) => provisioned(node, {}));
    for (const name of foreign) {
      const arn = (service: string) => `arn:aws:${service}:us-east-1:111111111111:${name}`;
      const found = ['codepipeline', 'cloudformation', 'codebuild', 'codecommit', 'events'].filter((service) =>
        reached.some((pattern) => pattern !== '*' && covers(pattern, arn(service))),
      );
      expect([name, found]).toEqual([name, []]);
    }
  });
});
