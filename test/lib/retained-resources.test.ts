import { everyTemplate } from '../support/every-template';

/** The property with the name of a resource that nobody else in the account and region may have. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::CodeBuild::Project': 'Name',
  'AWS::CodeCommit::Repository': 'RepositoryName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::ECR::Repository': 'RepositoryName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SQS::Queue': 'QueueName',
};

// What a rolled-back first deployment left behind would be in the way of the next one.
test('a resource with a fixed name that stays goes when the deployment that creates it fails', () => {
  const kept = everyTemplate().flatMap(({ stack, resources }) =>
    Object.entries(resources)
      .filter(([, { Type, Properties }]) => Properties?.[NAMES[Type] ?? ''] !== undefined)
      .map(([id, resource]) => ({
        at: `${stack}: ${id}`,
        policy: (resource as { DeletionPolicy?: string }).DeletionPolicy,
      })),
  );
  expect(kept.filter(({ policy }) => policy === 'RetainExceptOnCreate').length).toBeGreaterThan(2);
  expect(kept.filter(({ policy }) => policy === 'Retain')).toEqual([]);
}, 300_000);
