import { Match, type Template } from 'aws-cdk-lib/assertions';
import { type Synthesized, synthesize } from '../../support/synth';

let stacks: Synthesized;
let template: Template;

beforeAll(() => {
  stacks = synthesize({ access: { roles: ['DataScientist'], groups: ['ml-engineers'] } });
  template = stacks.scProduct;
}, 60_000);

test('the portfolio offers the product under the names that users know', () => {
  expect(stacks.stackNames.scProduct).toBe('ServiceCatalogProduct-ScProductStack');
  template.hasResourceProperties('AWS::ServiceCatalog::Portfolio', {
    DisplayName: 'MLflow-MLOps',
    ProviderName: 'MLOpsAdmin',
  });
  template.hasResourceProperties('AWS::ServiceCatalog::CloudFormationProduct', {
    Name: 'Deploy-MLflow-model',
    Owner: 'MLOpsAdmin',
  });
  template.resourceCountIs('AWS::ServiceCatalog::PortfolioProductAssociation', 1);
});

test('those whom the context names get access, and need no more than that: the product is launched by a role', () => {
  const principals = Object.values(template.findResources('AWS::ServiceCatalog::PortfolioPrincipalAssociation'));
  const arns = principals.map(({ Properties }) => JSON.stringify(Properties.PrincipalARN));
  expect(arns).toHaveLength(2);
  expect(arns.some((arn) => arn.includes(':role/DataScientist'))).toBe(true);
  expect(arns.some((arn) => arn.includes(':group/ml-engineers'))).toBe(true);
  template.resourceCountIs('AWS::ServiceCatalog::LaunchRoleConstraint', 1);
  template.hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: {
      Statement: [Match.objectLike({ Principal: { Service: 'servicecatalog.amazonaws.com' } })],
    },
  });
});

test('no version is offered whose pipelines deploy with the CDK roles of the account', () => {
  const [product] = Object.values(template.findResources('AWS::ServiceCatalog::CloudFormationProduct'));
  const names = product?.Properties.ProvisioningArtifactParameters.map(({ Name }: { Name: string }) => Name);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name: string) => /^RealTimeEndpoint(-[23])?$/.test(name))).toEqual([]);
});

test('an output names the policy for people who provision the product', () => {
  const [policy] = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) =>
    id.startsWith('EndUserPolicy'),
  );
  template.hasOutput('EndUserPolicyArn', { Value: { Ref: policy?.[0] } });
});
