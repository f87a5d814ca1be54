import { CfnParameter, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { acknowledgeNist } from './acknowledge-nist';
import { ModelRepackStage } from './model-repack-stage';
import { SECRET_NAME_PARAMETER } from './names';
import { MlflowMlopsPipeline } from './pipeline/mlflow-mlops-pipeline';
import { grantConnection, pipelineSource } from './pipeline/pipeline-source';
import { ServiceCatalogStage } from './service-catalog-stage';
import { settingsOf } from './settings';

/**
 * The only stack at the top of the app: it says which secret holds the registry's credentials, and has the pipeline that deploys
 * the stages below it. Without the pipeline (see {@link settingsOf}) each stage is deployable by itself; their stacks and
 * resources are the same either way, so a pipeline that is added later takes them over as they are.
 */
export class MlflowMlopsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, { description: 'MLflow-MLOps: the pipeline, and what all its stages need', ...props });
    const settings = settingsOf(this.node);

    const secretName = new CfnParameter(this, 'SecretName', {
      description: 'Name of the secret in AWS Secrets Manager that holds the credentials of the MLflow registry',
      type: 'String',
      // Names, not ARNs: the policies that let functions read the secret are made from the name.
      allowedPattern: '^[A-Za-z0-9/_+=.@-]{1,512}$',
      constraintDescription: 'must be the name of a secret, such as mlflow/credentials (not its ARN)',
    });
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W2509',
      reason: 'The parameter is the name of a secret, which is no secret.',
    });
    new StringParameter(this, 'SecretNameParameter', {
      parameterName: SECRET_NAME_PARAMETER,
      description: 'Name of the secret with the credentials of the MLflow registry',
      stringValue: secretName.valueAsString,
    });

    const stages = [
      new ModelRepackStage(this, 'ModelRepack', settings),
      new ServiceCatalogStage(this, 'ServiceCatalogProduct', settings),
    ];
    if (settings.pipeline) {
      const source = pipelineSource(this, settings.source);
      const pipeline = new MlflowMlopsPipeline(this, 'MLflow-MLOps', source, stages);
      grantConnection(pipeline, settings.source);
    }
    acknowledgeNist(this);
  }
}
