import { Stage, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type ModelSyncSettings, ModelSyncStack } from './model-sync/model-sync-stack';

/** The stage that keeps SageMaker's Model Registry in step with MLflow's. */
export class ModelRepackStage extends Stage {
  constructor(scope: Construct, id: string, settings: ModelSyncSettings, props?: StageProps) {
    super(scope, id, props);
    new ModelSyncStack(this, 'ModelSyncStack', settings);
  }
}
