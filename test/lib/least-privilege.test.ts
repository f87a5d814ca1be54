import type { Template } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synth';

let template: Template;

beforeAll(() => {
  template = synthesize().modelSync;
}, 60_000);

/** The actions that each role of the stack allows, by the construct that it belongs to. */
function actionsOf(role: RegExp): string[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(({ Properties }) =>
    (Properties.Roles as { Ref: string }[]).some(({ Ref }) => role.test(Ref)),
  );
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[] }[])
    .flatMap(({ Action }) => Action)
    .filter((action) => !action.startsWith('logs:'))
    .sort();
}

const READ_SECRET = ['secretsmanager:GetSecretValue'];

describe('least privilege', () => {
  test.each([
    ['list', /^FunctionsListRole/, ['dynamodb:Query']],
    ['claim', /^FunctionsClaimRole/, ['dynamodb:UpdateItem', 'states:DescribeExecution']],
    [
      'plan',
      /^FunctionsPlanRole/,
      [
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
        'dynamodb:UpdateItem',
        's3:AbortMultipartUpload',
        's3:GetObject',
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
    ['release', /^FunctionsReleaseRole/, ['dynamodb:DeleteItem', 'dynamodb:UpdateItem', 'states:StartExecution']],
    ['webhook', /^WebhookReceiverRole/, ['dynamodb:GetItem', ...READ_SECRET, 'states:StartExecution']],
  ])('%s may do what it does and no more', (_name, role, actions) => {
    expect(actionsOf(role)).toEqual(actions);
  });

  test('no statement allows everything on everything', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
      for (const { Action, Resource } of Properties.PolicyDocument.Statement) {
        expect([Action].flat()).not.toContain('*');
        if (Resource === '*') {
          // Log delivery and X-Ray of the state machine take no resource, nor does a list of packages.
          expect([Action].flat().every((action: string) => /^(logs|xray):|^sagemaker:List/.test(action))).toBe(true);
        }
      }
    }
  });
});
