import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { NIST_REASONS } from '../../lib/acknowledge-nist';
import { TEMPLATE_FILE } from '../../lib/service-catalog/product-version';
import { offeredVersions } from '../../lib/service-catalog/released-versions';
import { aPackage } from '../../product-template/test/support/fixtures';
import { productStack, seededStack } from '../../product-template/test/support/synth';
import { synthesizeStacks } from '../support/synth';

/**
 * What cdk-nag finds in the product, which stays as it is. It cannot be acknowledged beside the constructs that cause it: what was
 * released never changes, and the application in a model's repository runs no cdk-nag.
 */
const IN_THE_PRODUCT: Readonly<Record<string, string>> = {
  'AwsSolutions-CB4': 'What a build puts out goes to the artifact bucket, which is encrypted.',
  'AwsSolutions-IAM5': "CDK Pipelines writes most of these policies; docs/wildcards.md has each wildcard's reason.",
  'AwsSolutions-S1': 'Only the pipeline reads and writes its bucket, and keeps a history of its own.',
  'NIST.800.53.R5-IAMNoInlinePolicy': 'Each policy is of one role, is made and goes with it.',
  'NIST.800.53.R5-S3BucketLoggingEnabled': 'As AwsSolutions-S1.',
  'NIST.800.53.R5-S3BucketReplicationEnabled': 'What is in it can be made again from the repository.',
  'NIST.800.53.R5-S3BucketVersioningEnabled':
    'Each run writes under keys of its own, and everything goes after 90 days.',
  'NIST.800.53.R5-S3DefaultEncryptionKMS': "Sources and templates, no data: S3's own key encrypts them.",
  'NIST.800.53.R5-SageMakerEndpointConfigurationKMSKeyConfigured':
    "It would encrypt an instance's volume, which SageMaker encrypts by a key of its own: the volume holds a copy of what is in S3, and goes " +
    'with the instance. Instances with disks of their own refuse such a key.',
};

interface Finding {
  readonly rule: string;
  readonly path: string;
}

/** What both packs find below a construct, acknowledged or not: acknowledgements are looked into after them. */
function findingsIn(scope: IConstruct): Finding[] {
  return [new AwsSolutionsChecks(), new NIST80053R5Checks()].flatMap((pack) =>
    pack
      .validateScope(scope)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath = '' }) => ({ rule: ruleName, path: constructPath })),
      ),
  );
}

/** A rule without the finding that some rules name in brackets. */
function rulesOf(scope: IConstruct): string[] {
  return [...new Set(findingsIn(scope).map(({ rule }) => rule.replace(/\[.*$/, '')))];
}

const cases = NIST_REASONS.flatMap(({ rule, of = [''] }) => of.map((path): [string, string] => [rule, path]));

describe('what stays of NIST 800-53 r5', () => {
  let found: Finding[];
  beforeAll(() => {
    found = findingsIn(synthesizeStacks().root.node.root);
  }, 120_000);

  test.each(cases)('%s is still found in %s', (rule, path) => {
    const place = `MlflowMlopsStack/${path}`;
    expect(found).toContainEqual({ rule: `NIST.800.53.R5-${rule}`, path: expect.stringContaining(place) });
  });
});

describe('the product', () => {
  const released = offeredVersions().map(({ name, folder }): [string, () => IConstruct] => [
    name,
    () => {
      const stack = new Stack(new App(), 'Product');
      return new CfnInclude(stack, 'Template', { templateFile: join(folder, TEMPLATE_FILE) });
    },
  ]);
  const packages = [aPackage(1, '1', 'Staging Production')];
  const built: [string, () => IConstruct][] = [
    ...released,
    ['the working tree', productStack],
    ['a pipeline with its endpoints', () => seededStack(packages).node.root],
  ];

  const found = new Set<string>();

  test.each(built)('%s has no finding without a reason', (_name, build) => {
    const rules = rulesOf(build());
    rules.forEach((rule) => {
      found.add(rule);
    });
    expect(rules.filter((rule) => !Object.hasOwn(IN_THE_PRODUCT, rule))).toEqual([]);
  });

  test('each reason is of something that the tests above find', () => {
    expect(Object.keys(IN_THE_PRODUCT).filter((rule) => !found.has(rule))).toEqual([]);
  });
});
