import { Match, type Template } from 'aws-cdk-lib/assertions';
import { actionsOf, type Statement } from '../support/policies';
import { synthesize } from '../support/synth';

const KEY = 'arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab';

let before: Template;
let template: Template;

beforeAll(() => {
  before = synthesize().modelSync;
  template = synthesize({ 'kms-key': KEY }).modelSync;
}, 120_000);

describe('with a key of the account', () => {
  test('the archives, with one data key of the bucket for many objects', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: KEY },
          },
        ],
      },
    });
  });

  test('the table and the secret', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      Replicas: [Match.objectLike({ SSESpecification: { KMSMasterKeyId: KEY } })],
    });
    template.hasResourceProperties('AWS::SecretsManager::Secret', { KmsKeyId: KEY });
  });

  test.each(['AWS::SQS::Queue', 'AWS::Logs::LogGroup'])('every %s', (type) => {
    template.allResourcesProperties(type, type.startsWith('AWS::SQS') ? { KmsMasterKeyId: KEY } : { KmsKeyId: KEY });
  });

  test('nothing is replaced: resources are the same, and their names', () => {
    const ids = (of: Template) => Object.keys(of.toJSON().Resources).sort();
    // A deployment of the API is named after what it deploys, which is the same here.
    expect(ids(template)).toEqual(ids(before));
  });
});

/** What a role may do with the key, by the service that asks for it; every other condition would be a fault. */
function uses(of: Template): Record<string, Record<string, string[]>> {
  const found: Record<string, Record<string, string[]>> = {};
  for (const { Properties } of Object.values(of.findResources('AWS::IAM::Policy'))) {
    for (const statement of Properties.PolicyDocument.Statement as Statement[]) {
      if (!actionsOf(statement).some((action) => action.startsWith('kms:'))) {
        continue;
      }
      expect(statement).toMatchObject({ Effect: 'Allow', Resource: KEY });
      const via = JSON.stringify(statement.Condition?.StringEquals?.['kms:ViaService']);
      const [, service = via] =
        /^{"Fn::Join":\["",\["(\w+)\.",{"Ref":"AWS::Region"},"\.amazonaws\.com"\]\]}$/.exec(via) ?? [];
      for (const { Ref } of Properties.Roles as { Ref: string }[]) {
        const role = Ref.replace(/[0-9A-F]{8}$/, '');
        found[role] = { ...found[role], [service]: actionsOf(statement).sort() };
      }
    }
  }
  return found;
}

test('each role uses the key for what it reads and writes, through the service that keeps it', () => {
  const dynamodb = ['kms:Decrypt'];
  const secretsmanager = ['kms:Decrypt'];
  const write = ['kms:Decrypt', 'kms:GenerateDataKey'];
  expect(uses(template)).toEqual({
    EndpointRole: { s3: ['kms:Decrypt'] },
    FunctionsListRole: { dynamodb, s3: write },
    FunctionsClaimRole: { dynamodb },
    FunctionsPlanRole: { dynamodb },
    FunctionsCreateRole: { dynamodb, s3: write },
    FunctionsUpdateRole: { dynamodb },
    FunctionsDeleteRole: { dynamodb },
    // Tags and deletions of objects need no key.
    FunctionsSweepRole: { dynamodb },
    FunctionsReleaseRole: { dynamodb },
    SyncStateMachineRole: { dynamodb, s3: ['kms:Decrypt'] },
    WebhookReceiverRole: { dynamodb, secretsmanager },
    EnrolmentEnrolRole: { dynamodb, secretsmanager },
    EnrolmentPendingRole: { dynamodb, secretsmanager },
    WebhookSecretRotationRotateRole: { dynamodb, secretsmanager: write },
    StartPipelineFunctionRole: { dynamodb, sqs: write },
    TerminateProceedRole: { dynamodb },
    ImageBuildsBuildRole: { s3: write },
    ImageLifecycleBuiltRole: { dynamodb, s3: ['kms:Decrypt'], sqs: write },
    ImageLifecycleSweepRole: { dynamodb },
  });
});

test('without a key nobody may use any', () => {
  expect(uses(before)).toEqual({});
  before.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.absent() });
});
