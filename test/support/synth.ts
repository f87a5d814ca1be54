import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context as committed } from '../../cdk.json';
import { MlflowMlopsStack } from '../../lib/mlflow-mlops-stack';

/** The app's stacks as templates. */
export interface Synthesized {
  readonly root: Template;
  readonly modelSync: Template;
  readonly modelSyncStack: Stack;
  readonly scProduct: Template;
  readonly scProductStack: Stack;
}

/**
 * Synthesizes the app. Nothing is bundled: what a function's code is, is not looked at here.
 *
 * @param settings context below `mlflow-mlops:`
 */
export function synthesize(settings: Readonly<Record<string, unknown>> = {}): Synthesized {
  const own = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`mlflow-mlops:${name}`, value]));
  // Much of a template depends on the context that the CDK's command line takes from there.
  const app = new App({ context: { ...committed, ...own, 'aws:cdk:bundling-stacks': [] } });
  const root = new MlflowMlopsStack(app, 'MlflowMlopsStack');
  const stackOf = (stage: string, stack: string) => root.node.findChild(stage).node.findChild(stack) as Stack;
  const modelSyncStack = stackOf('ModelRepack', 'ModelSyncStack');
  const scProductStack = stackOf('ServiceCatalogProduct', 'ScProductStack');
  return {
    root: Template.fromStack(root),
    modelSync: Template.fromStack(modelSyncStack),
    modelSyncStack,
    scProduct: Template.fromStack(scProductStack),
    scProductStack,
  };
}
