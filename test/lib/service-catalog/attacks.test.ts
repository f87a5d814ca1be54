import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../../lib/project';
import { mutatedTemplate, productTemplates, type Resource } from '../../support/product-template';
import { resolveIntrinsics } from '../../support/resolve-intrinsics';
import { isAllowed, type PolicyDocument, type Principal, type Request } from '../../support/simulate';
import { synthesize } from '../../support/synth';

const ACCOUNT = '111111111111';
const ROLE = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const STACK = (name: string) => `arn:aws:cloudformation:us-east-1:${ACCOUNT}:stack/${name}/0f1e2d3c`;
const PRODUCT_STACK = STACK(`SC-${ACCOUNT}-pp-abcdefghijklm`);
const ENDPOINTS_STACK = STACK('sagemaker-mlflow-churn-ProductionStack-ModelDeploy');
const CDK_ROLES = ['deploy-role', 'cfn-exec-role', 'file-publishing-role', 'lookup-role'].map((name) =>
  ROLE(`cdk-hnb659fds-${name}-${ACCOUNT}-us-east-1`),
);
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/mlflow-mlops-model-pipeline-boundary-us-east-1`;
const EVERYTHING: PolicyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const AWS_END_USER: PolicyDocument = JSON.parse(
  readFileSync(join(PROJECT, 'test', 'captured', 'iam', 'AWSServiceCatalogEndUserFullAccess.json'), 'utf8'),
);

let resources: Record<string, Resource>;

beforeAll(() => {
  resources = synthesize().scProduct.toJSON().Resources;
}, 120_000);

function managed(name: RegExp): PolicyDocument {
  const found = Object.values(resources).filter(
    ({ Type, Properties }) =>
      Type === 'AWS::IAM::ManagedPolicy' && name.test(String(resolve(Properties.ManagedPolicyName))),
  );
  expect(found).toHaveLength(1);
  return resolve(found[0]?.Properties.PolicyDocument) as PolicyDocument;
}

function roleOf(id: RegExp): Principal {
  const policies = Object.entries(resources).filter(([key, { Type }]) => Type === 'AWS::IAM::Policy' && id.test(key));
  expect(policies.length).toBeGreaterThan(0);
  return { policies: policies.map(([, { Properties }]) => resolve(Properties.PolicyDocument) as PolicyDocument) };
}

const resolve = (node: unknown) => resolveIntrinsics(node, resources);
const stackRole = () => roleOf(/^ModelRolesStack/);
const endpointsRole = () => roleOf(/^ModelRolesEndpoints/);
const deployRole = () => roleOf(/^ModelRolesDeploy/);
/** A role of a model's stack, whatever an attacker wrote into its policy. */
const inPipeline = (): Principal => ({ policies: [EVERYTHING], boundary: managed(/boundary/) });

function productArn(): string {
  const [id] = Object.keys(resources).filter((key) => resources[key]?.Type.endsWith('::CloudFormationProduct'));
  return `arn:aws:catalog:us-east-1:${ACCOUNT}:product/${id}`;
}

/** A request for each combination. */
function requests(actions: readonly string[], all: readonly string[], context: Request['context'] = {}): Request[] {
  return actions.flatMap((action) => all.map((resource) => ({ action, resource, context })));
}

function allowedOf(principal: Principal, asked: readonly Request[]): string[] {
  return asked.filter((one) => isAllowed(principal, one)).map(({ action, resource }) => `${action} ${resource}`);
}

const UPDATES = [
  'cloudformation:UpdateStack',
  'cloudformation:CreateChangeSet',
  'cloudformation:ExecuteChangeSet',
  'cloudformation:DeleteStack',
  'cloudformation:SetStackPolicy',
];

describe('someone who may provision the product', () => {
  const self = { 'servicecatalog:userLevel': 'self' };

  test('provisions, updates and terminates it by the policy of MLflow-MLOps', () => {
    const user = { policies: [managed(/end-user/)] };
    const asked = [
      'ProvisionProduct',
      'DescribeRecord',
      'ListLaunchPaths',
      'DescribeProvisioningParameters',
      'UpdateProvisionedProduct',
      'TerminateProvisionedProduct',
    ].map((action) => ({
      action: `servicecatalog:${action}`,
      resource: /Provisioned|Record/.test(action) ? '*' : productArn(),
      context: self,
    }));
    expect(allowedOf(user, asked)).toHaveLength(asked.length);
  });

  test("changes no stack past Service Catalog with it, even if AWS's own policy is attached too", () => {
    const asked = requests(UPDATES, [PRODUCT_STACK, ENDPOINTS_STACK]);
    // What AWS's policy allows alone.
    expect(allowedOf({ policies: [AWS_END_USER] }, asked)).toEqual(
      UPDATES.map((action) => `${action} ${PRODUCT_STACK}`),
    );
    expect(allowedOf({ policies: [managed(/end-user/)] }, asked)).toEqual([]);
    expect(allowedOf({ policies: [managed(/end-user/), AWS_END_USER] }, asked)).toEqual([]);
  });

  test("changes nobody else's product with it, and provisions no other", () => {
    const user = { policies: [managed(/end-user/)] };
    const other = `arn:aws:catalog:us-east-1:${ACCOUNT}:product/prod-other`;
    expect(isAllowed(user, { action: 'servicecatalog:ProvisionProduct', resource: other })).toBe(false);
    const asked = requests(
      ['servicecatalog:UpdateProvisionedProduct', 'servicecatalog:TerminateProvisionedProduct'],
      ['*'],
    );
    expect(allowedOf(user, asked)).toEqual([]);
  });
});

describe("someone who can update a product's stack with the role that it has kept", () => {
  test('creates no role, and gives none a policy, without the boundary', () => {
    const grants = ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:PutRolePermissionsBoundary'];
    const removals = ['iam:DeleteRolePolicy'];
    const role = ROLE(`SC-${ACCOUNT}-pp-abcdefghijklm-PipelineX`);
    expect(allowedOf(stackRole(), requests([...grants, ...removals], [role]))).toEqual([]);
    const other = { 'iam:PermissionsBoundary': `arn:aws:iam::${ACCOUNT}:policy/mine` };
    expect(allowedOf(stackRole(), requests(grants, [role], other))).toEqual([]);
    // The pipeline needs them with the boundary.
    const bounded = { 'iam:PermissionsBoundary': BOUNDARY };
    expect(allowedOf(stackRole(), requests(grants, [role], bounded))).toHaveLength(grants.length);
    const attach = ['iam:AttachRolePolicy', 'iam:DeleteRolePermissionsBoundary', 'iam:CreatePolicyVersion'];
    expect(allowedOf(stackRole(), requests(attach, [role, BOUNDARY], bounded))).toEqual([]);
  });

  test('touches no role of the account but those of products', () => {
    const actions = [
      'iam:CreateRole',
      'iam:PutRolePolicy',
      'iam:UpdateAssumeRolePolicy',
      'iam:PassRole',
      'iam:DeleteRole',
    ];
    const context = { 'iam:PermissionsBoundary': BOUNDARY, 'iam:PassedToService': 'codebuild.amazonaws.com' };
    expect(allowedOf(stackRole(), requests(actions, [ROLE('Admin'), ...CDK_ROLES], context))).toEqual([]);
  });

  test('reaches no CDK role by a role of the pipeline, whatever its policy says', () => {
    // The bootstrapping gives its roles this tag; an attacker has no say in it.
    const context = { 'iam:ResourceTag/aws-cdk:bootstrap-role': 'deploy' };
    const asked = requests(['sts:AssumeRole', 'iam:PassRole'], [ROLE('Admin'), ...CDK_ROLES], context);
    expect(allowedOf(inPipeline(), asked)).toEqual([]);
    expect(
      isAllowed(inPipeline(), {
        action: 'sts:AssumeRole',
        resource: ROLE('mlflow-mlops-model-deploy-us-east-1'),
      }),
    ).toBe(true);
  });

  test('starts no build but those of pipelines of models: a build has the role of its project', () => {
    const project = (name: string) => `arn:aws:codebuild:us-east-1:${ACCOUNT}:project/${name}`;
    const start = (name: string) => ({ action: 'codebuild:StartBuild', resource: project(name) });
    expect(isAllowed(inPipeline(), start('sagemaker-mlflow-churn-pipeline-selfupdate'))).toBe(true);
    expect(isAllowed(inPipeline(), start('MLflowMLOpsPipelineUpdatePipelineSelfMutation-x'))).toBe(false);
    expect(isAllowed(inPipeline(), start('mlflow-mlops-environments'))).toBe(false);
  });

  test('decrypts with the key that AWS manages for S3, and only through S3', () => {
    const decrypt = { action: 'kms:Decrypt', resource: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1` };
    expect(isAllowed(inPipeline(), decrypt)).toBe(false);
    const context = { 'kms:ViaService': 's3.us-east-1.amazonaws.com' };
    expect(isAllowed(inPipeline(), { ...decrypt, context })).toBe(true);
  });
});

describe('someone with the role that pipelines deploy with', () => {
  const own = ['stack', 'endpoints'].map((name) => ROLE(`mlflow-mlops-model-${name}-us-east-1`));
  const create = (resource: string, role?: string) => ({
    action: 'cloudformation:CreateChangeSet',
    resource,
    ...(role ? { context: { 'cloudformation:RoleArn': role } } : {}),
  });
  /** The execution roles have names of their own; the resolver calls them by their logical ids. */
  const named = (principal: Principal): Principal => ({
    policies: JSON.parse(
      JSON.stringify(principal.policies).replace(
        /ModelRoles(Stack|Endpoints)[0-9A-F]{8}/g,
        (_all, kind: string) => `mlflow-mlops-model-${kind.toLowerCase()}-us-east-1`,
      ),
    ),
  });

  test('changes the stacks of models with their two roles', () => {
    const asked = own.flatMap((role) => [create(PRODUCT_STACK, role), create(ENDPOINTS_STACK, role)]);
    expect(allowedOf(named(deployRole()), asked)).toHaveLength(4);
  });

  test('may do what the CDK command line and CodePipeline do for a change set', () => {
    const actions = [
      'DescribeStacks',
      'DescribeChangeSet',
      'GetTemplate',
      'ExecuteChangeSet',
      'DescribeStackEvents',
      'DeleteChangeSet',
    ].map((action) => `cloudformation:${action}`);
    const asked = requests(actions, [PRODUCT_STACK, ENDPOINTS_STACK]);
    expect(allowedOf(deployRole(), asked)).toHaveLength(asked.length);
    const template = {
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::sc-111111111111-pp-abc-artifacts-x/run/Synth/1',
    };
    const context = { 'aws:ResourceAccount': ACCOUNT };
    expect(isAllowed(deployRole(), { ...template, context })).toBe(true);
    expect(isAllowed(deployRole(), { ...template, context: { 'aws:ResourceAccount': '222222222222' } })).toBe(false);
  });

  test('changes no stack with the role that it has kept, or with a CDK role', () => {
    const asked = [create(PRODUCT_STACK), ...CDK_ROLES.map((role) => create(PRODUCT_STACK, role))];
    expect(allowedOf(named(deployRole()), asked)).toEqual([]);
    expect(allowedOf(named(deployRole()), requests(['cloudformation:UpdateStack'], [PRODUCT_STACK]))).toEqual([]);
    const pass = { 'iam:PassedToService': 'cloudformation.amazonaws.com' };
    expect(allowedOf(named(deployRole()), requests(['iam:PassRole'], [ROLE('Admin'), ...CDK_ROLES], pass))).toEqual([]);
    expect(allowedOf(named(deployRole()), requests(['iam:PassRole'], own, pass))).toHaveLength(2);
  });

  test('changes no other stack', () => {
    const others = ['MlflowMlopsStack', 'ModelRepack-ModelSyncStack', 'CDKToolkit'].map(STACK);
    const asked = others.flatMap((stack) => [create(stack, own[0]), { action: UPDATES[2] ?? '', resource: stack }]);
    expect(allowedOf(named(deployRole()), asked)).toEqual([]);
  });

  test('assumes it as a role of a pipeline only', () => {
    const [, role] =
      Object.entries(resources).find(([id, { Type }]) => Type === 'AWS::IAM::Role' && /^ModelRolesDeploy/.test(id)) ??
      [];
    const trust = resolve(role?.Properties.AssumeRolePolicyDocument) as PolicyDocument;
    const by = (arn: string) =>
      isAllowed(
        // Who it trusts in principle is the account.
        { policies: [{ Statement: trust.Statement.map((one) => ({ ...one, Resource: '*' })) }] },
        { action: 'sts:AssumeRole', resource: 'it', context: { 'aws:PrincipalArn': arn } },
      );
    expect(by(ROLE(`SC-${ACCOUNT}-pp-abcdefghijklm-PipelineRoleE9A4814-a1b2`))).toBe(true);
    expect(by(ROLE('DataScientist'))).toBe(false);
    expect(by(`arn:aws:iam::${ACCOUNT}:user/someone`)).toBe(false);
  });

  test('gives an endpoint no role but those made for endpoints', () => {
    const pass = { 'iam:PassedToService': 'sagemaker.amazonaws.com' };
    const roles = ['AmazonSageMaker-ExecutionRole-1', 'Admin', 'mlflow-mlops-model-stack-us-east-1'].map(ROLE);
    expect(allowedOf(endpointsRole(), requests(['iam:PassRole'], [...roles, ...CDK_ROLES], pass))).toEqual([]);
    const own = ROLE('mlflow-mlops-endpoint-us-east-1');
    expect(isAllowed(endpointsRole(), { action: 'iam:PassRole', resource: own, context: pass })).toBe(true);
    expect(isAllowed(endpointsRole(), { action: 'iam:PassRole', resource: own })).toBe(false);
  });

  test('can do nothing with the roles that CloudFormation gets but create, change and delete endpoints', () => {
    const [document] = endpointsRole().policies;
    const actions = (document?.Statement ?? []).flatMap(({ Action }) => [Action ?? []].flat());
    expect(
      actions.filter(
        (action) =>
          !/^sagemaker:(\w+(Model|EndpointConfig|Endpoint|Tags)|UpdateEndpointWeightsAndCapacities|DescribeModelPackage)$/.test(
            action,
          ),
      ),
    ).toEqual(['iam:PassRole']);
  });
});

test('no version of the product, and no update of one by its pipeline, names a CDK role', () => {
  for (const template of [...productTemplates().values(), mutatedTemplate()]) {
    expect(JSON.stringify(template)).not.toMatch(/role\/cdk-/);
  }
});
