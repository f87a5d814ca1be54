import { Stage, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ModelSyncStack } from './model-sync/model-sync-stack';
import type { Settings } from './settings';

/** The stage that keeps SageMaker's Model Registry in step with MLflow's. */
export class ModelRepackStage extends Stage {
  constructor(scope: Construct, id: string, settings: Pick<Settings, 'artifactStore'>, props?: StageProps) {
    super(scope, id, props);
    new ModelSyncStack(this, 'ModelSyncStack', settings);
  }
}
