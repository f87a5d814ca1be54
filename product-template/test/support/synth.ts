import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context } from '../../cdk.json';
import { deployableSet, type RegisteredPackage } from '../../lib/deployable/deployable';
import type { Environment } from '../../lib/deployable/environments';
import { deploymentApp, MODEL_PIPELINE_STACK } from '../../lib/deployment';
import { EndpointStage } from '../../lib/endpoints/endpoint-stage';
import { readInference } from '../../lib/inference/inference';
import type { ModelPipelineStack } from '../../lib/model-pipeline-stack';
import { OWNER } from '../../lib/names';
import { BUILD_ENV, folderWith, GROUP, SHIPPED_INFERENCE } from './fixtures';

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DependsOn?: readonly string[];
}

/** A template as JSON, as far as the tests look into it. */
export interface TemplateJson {
  readonly Parameters?: Record<string, unknown>;
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { Value: unknown }>;
  readonly Rules?: unknown;
}

/** The application as the CDK's command line would run it. */
export function synthesize(env: NodeJS.ProcessEnv, folder: string): { stack: ModelPipelineStack; outdir: string } {
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  const app = deploymentApp(folder, env, { context, outdir });
  app.synth();
  return { stack: app.node.findChild(MODEL_PIPELINE_STACK) as ModelPipelineStack, outdir };
}

/** The stack as Service Catalog launches it. */
export function productStack(): ModelPipelineStack {
  return synthesize({ SEED_BUCKET: 'seeds', SEED_KEY: 'seed.zip' }, '/nowhere').stack;
}

/** The stack as the pipeline updates it. */
export function seededStack(packages: readonly RegisteredPackage[] = [], inference?: string): ModelPipelineStack {
  return synthesize(BUILD_ENV, folderWith(packages, inference)).stack;
}

/** An environment's stack, for some packages and an `inference.yaml`. */
export function stageTemplate(
  environment: Environment,
  packages: readonly RegisteredPackage[],
  inference = SHIPPED_INFERENCE,
): Template {
  const stage = new EndpointStage(new App({ analyticsReporting: false, context }), {
    group: GROUP,
    environment,
    deployables: deployableSet(packages, OWNER).filter((one) => one.environment === environment),
    settings: readInference(inference).endpoints[environment],
  });
  return Template.fromStack(stage.node.findChild('ModelDeploy') as Stack);
}

export function jsonOf(stack: Stack): TemplateJson {
  return Template.fromStack(stack).toJSON() as unknown as TemplateJson;
}

/** The only resource of a type. */
export function only(template: TemplateJson, type: string): [string, Resource] {
  const found = Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  const [first, ...more] = found;
  if (first === undefined || more.length > 0) {
    throw new Error(`${found.length} of ${type}`);
  }
  return first;
}
