import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { MlflowMlopsStack } from '../../lib/mlflow-mlops-stack';
import type { ModelRepackStage } from '../../lib/model-repack-stage';

/** The app's stacks as templates. Nothing is bundled: what a function's code is, is not looked at here. */
export function synthesize(): { root: Template; modelSync: Template; modelSyncStack: Stack } {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const root = new MlflowMlopsStack(app, 'MlflowMlopsStack');
  const stage = root.node.findChild('ModelRepack') as ModelRepackStage;
  const modelSyncStack = stage.node.findChild('ModelSyncStack') as Stack;
  return { root: Template.fromStack(root), modelSync: Template.fromStack(modelSyncStack), modelSyncStack };
}
