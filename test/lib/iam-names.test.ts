import { everyTemplate } from '../support/every-template';

const NAMES: Readonly<Record<string, string>> = {
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
};

// A name in IAM belongs to the account: without the region, a second region could not be deployed.
test('every name in IAM contains the region', () => {
  const names = everyTemplate().flatMap(({ resources }) =>
    Object.values(resources).flatMap(({ Type, Properties }) => Properties?.[NAMES[Type] ?? ''] ?? []),
  );
  expect(names.length).toBeGreaterThan(4);
  expect(names.filter((name) => !JSON.stringify(name).includes('{"Ref":"AWS::Region"}'))).toEqual([]);
}, 300_000);
