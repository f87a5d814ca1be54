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
    ProvisioningArtifactParameters: Match.arrayWith([Match.objectLike({ Name: 'RealTimeEndpoint' })]),
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
