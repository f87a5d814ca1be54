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
  const app = new App({ context: { ...flags(), ...own, 'aws:cdk:bundling-stacks': [] } });
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

/**
 * The CDK's flags in cdk.json, on which much of a template depends. What an installation has decided there is left out: its
 * pipeline runs these tests, which must not fail for it.
 */
function flags(): Record<string, unknown> {
  return Object.fromEntries(Object.entries(committed).filter(([name]) => !name.startsWith('mlflow-mlops:')));
}
