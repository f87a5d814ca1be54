import { Capture, Match, type Template } from 'aws-cdk-lib/assertions';
import { OWNER } from '../../product-template/lib/names';
import { synthesize } from '../support/synth';

let root: Template;
let template: Template;
let stackName: string;

beforeAll(() => {
  const stacks = synthesize();
  root = stacks.root;
  template = stacks.modelSync;
  stackName = stacks.stackNames.modelSync;
}, 60_000);

describe('names that users see', () => {
  test('the root says which secret holds the credentials', () => {
    root.hasParameter('SecretName', { Type: 'String' });
    root.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/mlflow-mlops/secret_name',
      Value: { Ref: 'SecretName' },
    });
  });

  test('stack, bucket, secret and parameters', () => {
    expect(stackName).toBe('ModelRepack-ModelSyncStack');
    // By which models' pipelines know what the sync made.
    expect(OWNER).toBe(stackName);
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketName: { 'Fn::Join': ['', ['sagemaker-mlflow-', { Ref: 'AWS::Region' }, '-', { Ref: 'AWS::AccountId' }]] },
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', { Name: 'mlflow-mlops/webhook_shared_secret' });
    for (const Name of ['/mlflow-mlops/mlflow-artifact-bucket', '/mlflow-mlops/create_webhook_lambda_arn']) {
      template.hasResourceProperties('AWS::SSM::Parameter', { Name });
    }
    template.hasParameter('*', { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/mlflow-mlops/secret_name' });
  });

  test.each(['WebhookUrl', 'StateMachineArn', 'ArtifactBucketName', 'WebhookSecretArn'])('output %s', (name) => {
    template.hasOutput(name, {});
  });
});

describe('bucket', () => {
  test('is kept, encrypted, versioned, private, and rid of aborted uploads and of what is left of deleted archives', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: Match.anyValue(),
        VersioningConfiguration: { Status: 'Enabled' },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        LifecycleConfiguration: {
          Rules: Match.arrayWith([
            Match.objectLike({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } }),
            Match.objectLike({ ExpiredObjectDeleteMarker: true }),
          ]),
        },
      },
    });
  });

  test('refuses requests without TLS', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });
});

describe('functions', () => {
  test('run on arm64 and a current Node, with log groups that forget', () => {
    const ours = Object.values(
      template.findResources('AWS::Lambda::Function', { Properties: { MemorySize: Match.anyValue() } }),
    );
    expect(ours.length).toBeGreaterThan(10);
    for (const { Properties } of ours) {
      expect(Properties).toMatchObject({ Architectures: ['arm64'], LoggingConfig: { LogGroup: expect.anything() } });
      expect(Number(/^nodejs(\d+)\.x$/.exec(Properties.Runtime)?.[1])).toBe(24);
    }
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: Match.anyValue() });
  });

  test('have no secret in their environment', () => {
    const text = JSON.stringify(
      Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.Environment),
    );
    expect(text).not.toMatch(/resolve:secretsmanager|SecretString/);
    expect(JSON.stringify(template.toJSON())).not.toContain('{{resolve:secretsmanager');
  });
});

describe("the webhook's secret", () => {
  const secret = { Ref: Match.stringLikeRegexp('^WebhookSecret') };
  const rotate = { 'Fn::GetAtt': [Match.stringLikeRegexp('^WebhookSecretRotation'), 'Arn'] };

  test('is rotated every 30 days, and by no deployment', () => {
    template.hasResource('AWS::SecretsManager::RotationSchedule', {
      Properties: {
        SecretId: secret,
        RotationLambdaARN: rotate,
        RotationRules: { AutomaticallyAfterDays: 30 },
        RotateImmediatelyOnUpdate: false,
      },
      // Secrets Manager asks whether it may invoke the function when the schedule is made.
      DependsOn: Match.arrayWith([
        Match.stringLikeRegexp('^WebhookSecretRotationRotateSecretsManager'),
        Match.stringLikeRegexp('^WebhookSecretRotationRotateRoleDefaultPolicy'),
      ]),
    });
  });

  test('is rotated by a function that only Secrets Manager invokes, for this account', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission')).filter(({ Properties }) =>
      JSON.stringify(Properties.FunctionName).includes('WebhookSecretRotation'),
    );
    expect(permissions.map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [expect.stringMatching(/^WebhookSecretRotationRotate/), 'Arn'] },
        Principal: 'secretsmanager.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
      },
    ]);
  });
});

describe('the outside', () => {
  test('deliveries come by POST to /webhook and to /', () => {
    template.resourceCountIs('AWS::ApiGateway::Method', 2);
    template.allResourcesProperties('AWS::ApiGateway::Method', { HttpMethod: 'POST' });
    template.hasResourceProperties('AWS::ApiGateway::Resource', { PathPart: 'webhook' });
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [
        Match.objectLike({ HttpMethod: '*', ResourcePath: '/*', ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 }),
        Match.objectLike({ HttpMethod: 'POST', ResourcePath: '/', ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 }),
      ],
    });
  });

  test('no method logs bodies, nor into a log group outside the stack', () => {
    const settings = new Capture();
    template.hasResourceProperties('AWS::ApiGateway::Stage', { MethodSettings: settings });
    for (const setting of settings.asArray()) {
      expect(setting).toMatchObject({ DataTraceEnabled: false, LoggingLevel: 'OFF' });
    }
  });

  test('every hour all models are synced, with a dead-letter queue', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ Input: '{}', DeadLetterConfig: { Arn: Match.anyValue() } })],
    });
  });

  test('every minute pending enrolments are completed', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^EnrolmentPending'), 'Arn'] } })],
    });
  });

  test('the service token is that of the provider', () => {
    const value = new Capture();
    template.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/mlflow-mlops/create_webhook_lambda_arn',
      Value: value,
    });
    expect(JSON.stringify(value.asObject())).toContain('EnrolmentProvider');
    template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: 'mlflow-mlops-create-webhook' });
  });
});

describe('the artifact bucket', () => {
  test.each([
    ['models', ['FunctionsCreateRole']],
    ['syncs', ['FunctionsListRole']],
  ])(
    'takes files below %s/ of the functions that write there only, whatever others may do in the account',
    (folder, roles) => {
      const document = new Capture();
      template.hasResourceProperties('AWS::S3::BucketPolicy', { PolicyDocument: document });
      const arn = (id: string) => ({ 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${id}[0-9A-F]{8}$`)), 'Arn'] });
      expect(document.asObject().Statement).toContainEqual({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [arn('Artifacts'), `/${folder}/*`]] },
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': roles.map(arn) } },
      });
    },
  );
});
