import { aPackage, GROUP, STACK_NAME } from '../support/fixtures';
import { jsonOf, productStack, seededStack, type TemplateJson } from '../support/synth';

/**
 * Service Catalog makes the stack by the product's template, and the pipeline updates it by the seeded application's. A resource
 * that is not the same in both is deleted, replaced or changed by the first run, and again whenever the product is updated.
 */
const DIFFERENT: Readonly<Record<string, string>> = {
  'AWS::CodeCommit::Repository Code': 'read when the repository is made, and never again',
  'AWS::CodePipeline::Pipeline Stages': 'the stages that deploy the endpoints come with the first run',
  'AWS::IAM::Policy PolicyDocument': 'the pipeline assumes the role that deploys the stages',
  'AWS::S3::BucketPolicy PolicyDocument': 'that role reads the templates',
};

let product: TemplateJson;
let seeded: TemplateJson;

beforeAll(() => {
  product = jsonOf(productStack());
  seeded = jsonOf(seededStack([aPackage(1, '1', 'Staging Production'), aPackage(2, '2', 'Staging')]));
});

test('nothing of the product is missing in the seeded application, and nothing has another type', () => {
  for (const [id, { Type }] of Object.entries(product.Resources)) {
    expect({ id, Type: seeded.Resources[id]?.Type }).toEqual({ id, Type });
  }
  expect(Object.keys(seeded.Resources)).toEqual(Object.keys(product.Resources));
});

test('no property differs but those that must', () => {
  const found = new Set<string>();
  for (const [id, { Type, ...one }] of Object.entries(product.Resources)) {
    const other = seeded.Resources[id] as typeof one | undefined;
    expect({ ...other, Properties: 0, Type: 0 }).toEqual({ ...one, Properties: 0, Type: 0 });
    for (const key of Object.keys({ ...one.Properties, ...other?.Properties })) {
      if (JSON.stringify(one.Properties?.[key]) !== JSON.stringify(other?.Properties?.[key])) {
        found.add(`${Type} ${key}`);
      }
    }
  }
  expect([...found].sort()).toEqual(Object.keys(DIFFERENT).sort());
});

test('what differs only adds: stages after those of the product, statements beside its own', () => {
  for (const [id, { Type, Properties }] of Object.entries(product.Resources)) {
    const other = seeded.Resources[id]?.Properties ?? {};
    if (Type === 'AWS::CodePipeline::Pipeline') {
      const stages = Properties.Stages as object[];
      expect((other.Stages as object[]).slice(0, stages.length)).toEqual(stages);
    }
    if (Type.endsWith('Policy')) {
      const statements = (document: unknown) => (document as { Statement: object[] }).Statement;
      expect(statements(other.PolicyDocument)).toEqual(expect.arrayContaining(statements(Properties.PolicyDocument)));
    }
  }
});

test('parameters, metadata and outputs are the same', () => {
  expect({ ...seeded, Resources: 0 }).toEqual({ ...product, Resources: 0 });
});

test('keeping endpoints on termination is one more difference, where the user asks for it', () => {
  const keeping = jsonOf(
    seededStack(
      [],
      'Staging: {InstanceType: ml.m5.large}\nProduction: {ServerlessMaxConcurrency: 2}\nKeepEndpointsOnTermination: true',
    ),
  );
  const [id] = Object.keys(keeping.Resources).filter((name) => name.startsWith('Termination'));
  expect(keeping.Resources[id ?? '']?.Properties.KeepEndpoints).toBe('true');
  expect(product.Resources[id ?? '']?.Properties.KeepEndpoints).toBe('false');
});

test("the pipeline's own stack has no name of a model in it but those of the stages", () => {
  const pairs = Object.values(seeded.Resources).flatMap(({ Properties }) => Object.entries(Properties));
  const others = pairs.filter(([key]) => key !== 'Stages');
  expect(others.length).toBeGreaterThan(20);
  expect(JSON.stringify(others)).not.toContain(GROUP);
  expect(JSON.stringify(seeded)).not.toContain(STACK_NAME);
});
