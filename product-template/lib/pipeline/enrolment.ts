import { CustomResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { CREATE_WEBHOOK_FUNCTION } from '../names';
import { sharedFunctionArn } from './shared-function';

/**
 * Has the model's promotions followed: a webhook at the registry, and packages in SageMaker. Its answer names everything else,
 * because most names that MLflow takes do not fit AWS's.
 */
export class Enrolment extends Construct {
  /** The model's package group in SageMaker. */
  readonly groupName: string;
  readonly repositoryName: string;
  readonly pipelineName: string;
  readonly ruleName: string;
  /** What the function that starts the pipeline is told. */
  readonly startPipelineInput: string;

  constructor(scope: Construct, id: string, modelName: string) {
    super(scope, id);
    const resource = new CustomResource(this, 'Resource', {
      serviceToken: sharedFunctionArn(this, CREATE_WEBHOOK_FUNCTION),
      // Repository and pipeline are named after the model: another model is another product.
      properties: { ModelName: modelName, ModelNameIsFixed: 'true' },
    });
    this.groupName = resource.getAttString('GroupName');
    this.repositoryName = resource.getAttString('RepositoryName');
    this.pipelineName = resource.getAttString('PipelineName');
    this.ruleName = resource.getAttString('RuleName');
    this.startPipelineInput = resource.getAttString('StartPipelineInput');
  }
}
