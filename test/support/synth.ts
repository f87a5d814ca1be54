import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context as committed } from '../../cdk.json';
import { oncePerRun } from './once-per-run';

/** The app's stacks. */
type Stacks = 'root' | 'modelSync' | 'scProduct';

/** The app's stacks as templates. */
export interface Synthesized extends Readonly<Record<Stacks, Template>> {
  /** What CloudFormation calls them. */
  readonly stackNames: Readonly<Record<Stacks, string>>;
}

/** Context below `mlflow-mlops:`. */
type Settings = Readonly<Record<string, unknown>>;

/** Synthesizes the app, once per run for the same settings. Nothing is bundled: no test looks at a function's code here. */
export function synthesize(settings: Settings = {}): Synthesized {
  const { root, modelSync, scProduct } = oncePerRun(['synthesize', settings], () => {
    const made = Object.entries(synthesizeStacks(settings));
    return Object.fromEntries(
      made.map(([name, stack]) => [name, { stackName: stack.stackName, json: Template.fromStack(stack).toJSON() }]),
    ) as Record<Stacks, { stackName: string; json: Record<string, unknown> }>;
  });
  return {
    root: Template.fromJSON(root.json),
    modelSync: Template.fromJSON(modelSync.json),
    scProduct: Template.fromJSON(scProduct.json),
    stackNames: { root: root.stackName, modelSync: modelSync.stackName, scProduct: scProduct.stackName },
  };
}

/** The app's stacks as constructs. They take seconds: tests of templates use {@link synthesize}. */
export function synthesizeStacks(settings: Settings = {}): Record<Stacks, Stack> {
  // Loaded here, because most files find the templates made.
  const { App } = require('aws-cdk-lib') as typeof import('aws-cdk-lib');
  const { MlflowMlopsStack } = require('../../lib/mlflow-mlops-stack') as typeof import('../../lib/mlflow-mlops-stack');
  const own = Object.fromEntries(Object.entries(settings).map(([name, value]) => [`mlflow-mlops:${name}`, value]));
  const app = new App({ context: { ...flags(), ...own, 'aws:cdk:bundling-stacks': [] } });
  const root = new MlflowMlopsStack(app, 'MlflowMlopsStack');
  const stackOf = (stage: string, stack: string) => root.node.findChild(stage).node.findChild(stack) as Stack;
  return {
    root,
    modelSync: stackOf('ModelRepack', 'ModelSyncStack'),
    scProduct: stackOf('ServiceCatalogProduct', 'ScProductStack'),
  };
}

/**
 * The CDK's flags in cdk.json, on which much of a template depends. What an installation has decided there is left out: its
 * pipeline runs these tests, which must not fail for it.
 */
function flags(): Record<string, unknown> {
  return Object.fromEntries(Object.entries(committed).filter(([name]) => !name.startsWith('mlflow-mlops:')));
}
