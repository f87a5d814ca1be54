import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { deployableSet } from './deployable/deployable';
import { ENVIRONMENTS } from './deployable/environments';
import { EndpointStage } from './endpoints/endpoint-stage';
import { requireFit } from './endpoints/require-fit';
import { requireRealTime } from './endpoints/require-real-time';
import { requireGroupName } from './group-name';
import { readInference } from './inference/inference';
import { ModelPipelineStack, type ModelPipelineStackProps } from './model-pipeline-stack';
import { OWNER } from './names';
import { MODEL_PACKAGES_FILE, readModelPackages } from './registry/model-packages-file';
import { WrongInput } from './wrong-input';

const INFERENCE_FILE = 'inference.yaml';

/** The stack's path in the app: the pipeline updates itself by this name, so it is a contract. */
export const MODEL_PIPELINE_STACK = 'ModelPipelineStack';

/**
 * Puts the application together. Reads nothing but the two files of the folder, and from the environment:
 *
 * - `GROUP_NAME`, `STACK_NAME`: set in the pipeline's build; the stack is then the one that the build belongs to, with stages.
 * - `SEED_BUCKET`, `SEED_KEY`: set where the product's template is made; there are no stages yet, since there is no model.
 */
export function deploymentApp(folder: string, env: NodeJS.ProcessEnv, props: AppProps = {}): App {
  const app = new App({
    // What the CDK would add about its own version, and about where this folder is, is not part of this application.
    analyticsReporting: false,
    postCliContext: { 'aws:cdk:disable-creation-stack-traces': true },
    ...props,
  });
  new ModelPipelineStack(app, MODEL_PIPELINE_STACK, stackProps(folder, env));
  return app;
}

function stackProps(folder: string, env: NodeJS.ProcessEnv): ModelPipelineStackProps {
  const { SEED_BUCKET, SEED_KEY, STACK_NAME } = env;
  if (!env.GROUP_NAME) {
    return {
      ...(SEED_BUCKET && SEED_KEY ? { seed: { bucket: SEED_BUCKET, key: SEED_KEY } } : {}),
      keepEndpoints: false,
    };
  }
  if (!STACK_NAME) {
    throw new WrongInput(
      'STACK_NAME is not set: it names the stack of the provisioned product, which the pipeline updates',
    );
  }
  const group = requireGroupName(env);
  const inference = readInference(textOf(join(folder, INFERENCE_FILE)));
  const deployables = deployableSet(readModelPackages(join(folder, MODEL_PACKAGES_FILE), group), OWNER);
  requireRealTime(deployables, inference.endpoints);
  requireFit(deployables, inference.endpoints);
  return {
    stackName: STACK_NAME,
    keepEndpoints: inference.keepEndpointsOnTermination,
    stages: (stack) =>
      ENVIRONMENTS.map(
        (environment) =>
          new EndpointStage(stack, {
            group,
            environment,
            deployables: deployables.filter((one) => one.environment === environment),
            settings: inference.endpoints[environment],
          }),
      ),
  };
}

function textOf(path: string): string {
  if (!existsSync(path)) {
    throw new WrongInput(`${path} is missing: it says how the endpoints look; README.md shows one to begin with`);
  }
  return readFileSync(path, 'utf8');
}
