import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PRODUCT_TEMPLATE, PROJECT } from '../../lib/project';
import { productTemplate } from '../../lib/service-catalog/product-snapshot';
import { TEMPLATE_FILE } from '../../lib/service-catalog/product-version';
import { offeredVersions } from '../../lib/service-catalog/released-versions';
import { MODEL_PACKAGES_FILE, writeModelPackages } from '../../product-template/lib/registry/model-packages-file';
import { oncePerRun } from './once-per-run';

/** A resource of a template, as far as tests look at it. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly Metadata?: Record<string, Record<string, string>>;
}

/** The resources of the product by its version's name: all released versions, and the one that the working tree would make. */
export function productTemplates(): Map<string, Record<string, Resource>> {
  const released = offeredVersions().map(
    ({ name, folder }) => [name, readFileSync(join(folder, TEMPLATE_FILE), 'utf8')] as const,
  );
  return new Map(
    [...released, ['the working tree', unreleasedTemplate()] as const].map(([name, text]) => [
      name,
      JSON.parse(text).Resources,
    ]),
  );
}

/** The template that the working tree would release, as text. */
export function unreleasedTemplate(): string {
  return oncePerRun(['unreleased product'], productTemplate);
}

/** What the pipeline of the working tree's product makes of its stack: the same, with the stages that it deploys. */
export function mutatedTemplate(): Record<string, Resource> {
  return oncePerRun(['mutated product'], synthesizeMutated);
}

function synthesizeMutated(): Record<string, Resource> {
  // Loaded here, because most files find the template made.
  const { deploymentApp, MODEL_PIPELINE_STACK } =
    require('../../product-template/lib/deployment') as typeof import('../../product-template/lib/deployment');
  const folder = mkdtempSync(join(tmpdir(), 'model-pipeline-'));
  try {
    cpSync(join(PROJECT, 'inference.yaml'), join(folder, 'inference.yaml'));
    writeModelPackages(join(folder, MODEL_PACKAGES_FILE), { groupName: 'churn', packages: [] });
    const { context } = JSON.parse(readFileSync(join(PRODUCT_TEMPLATE, 'cdk.json'), 'utf8'));
    const env = { GROUP_NAME: 'churn', STACK_NAME: VALUES['AWS::StackName'] };
    const assembly = deploymentApp(folder, env, { context, outdir: join(folder, 'cdk.out') }).synth();
    return assembly.getStackArtifact(MODEL_PIPELINE_STACK).template.Resources;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What provisioning would put in the place of references, for a product of the model `churn`. */
const VALUES: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '111111111111',
  'AWS::StackName': 'SC-111111111111-pp-abcdefghijklm',
};
const ATTRIBUTES: Readonly<Record<string, string>> = {
  GroupName: 'churn',
  RepositoryName: 'sagemaker-mlflow-churn-deployment',
  PipelineName: 'sagemaker-mlflow-churn-pipeline',
  RuleName: 'sagemaker-DeployModelRule-churn',
};

/** A text of a template with its references resolved, as they would be in a provisioned product. */
export function provisioned(node: unknown, resources: Readonly<Record<string, Resource>>): string {
  if (typeof node === 'string') {
    return node;
  }
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = node as Record<string, never>;
  if (join !== undefined) {
    return (join[1] as unknown[]).map((part) => provisioned(part, resources)).join(join[0]);
  }
  const [id = '', name] = (attribute as [string, string] | undefined) ?? [Ref];
  const physical = VALUES[id] ?? physicalName(id, resources);
  return name === 'Arn' ? arnOf(id, physical, resources) : ((name && ATTRIBUTES[name]) ?? physical);
}

function physicalName(id: string, resources: Readonly<Record<string, Resource>>): string {
  const { Type, Properties } = resources[id] ?? { Type: '', Properties: {} };
  const given = Properties.Name ?? Properties.RepositoryName;
  if (given !== undefined) {
    return provisioned(given, resources);
  }
  const generated = `${VALUES['AWS::StackName']}-${id}-XYZ`;
  return Type === 'AWS::S3::Bucket' ? generated.toLowerCase() : generated;
}

function arnOf(id: string, name: string, resources: Readonly<Record<string, Resource>>): string {
  switch (resources[id]?.Type) {
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${name}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::111111111111:role/${name}`;
    case 'AWS::CodeBuild::Project':
      return `arn:aws:codebuild:us-east-1:111111111111:project/${name}`;
    default:
      throw new Error(`tests know no ARN of ${id}: add its type here`);
  }
}
