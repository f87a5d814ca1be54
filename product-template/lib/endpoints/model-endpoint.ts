import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import { CfnEndpoint, CfnEndpointConfig, CfnModel } from 'aws-cdk-lib/aws-sagemaker';
import { Construct } from 'constructs';
import { type Deployable, STEERING_METADATA } from '../deployable/deployable';
import type { EndpointSettings } from '../inference/inference';
import { endpointRoleName } from '../names';
import { dataCapture } from './data-capture';
import { volumeGigabytes } from './disk';
import { endpointName, versionPart } from './endpoint-name';

/** Must never change: SageMaker updates an endpoint in place only when its variants keep their names. */
const VARIANT = 'AllTraffic';

/**
 * The endpoint of one version in one environment.
 *
 * SageMaker changes no model and no endpoint configuration: CloudFormation replaces them, the new one first, so it must choose
 * their names. The endpoint itself has a name that people can tell, and is updated in place by its new configuration; when the
 * name changes, CloudFormation makes the new endpoint, and deletes the old one after everything else has succeeded.
 */
export class ModelEndpoint extends Construct {
  constructor(scope: Construct, group: string, deployable: Deployable, settings: EndpointSettings) {
    super(scope, `Version${versionPart(deployable.version)}`);
    const model = new CfnModel(this, 'Model', {
      executionRoleArn: settings.executionRoleArn ?? this.defaultRoleArn(),
      containers: [{ modelPackageName: deployable.packageArn }],
      ...(settings.kind === 'realtime' && settings.networkIsolation ? { enableNetworkIsolation: true } : {}),
    });
    const config = new CfnEndpointConfig(this, 'EndpointConfig', {
      productionVariants: [
        {
          variantName: VARIANT,
          modelName: model.attrModelName,
          initialVariantWeight: 1,
          ...capacity(settings, deployable),
        },
      ],
      ...(settings.kind === 'realtime' && settings.captureDestinationS3Uri
        ? { dataCaptureConfig: dataCapture(settings.captureDestinationS3Uri) }
        : {}),
    });
    const endpoint = new CfnEndpoint(this, 'Endpoint', {
      endpointName: endpointName(group, deployable.version, deployable.environment, settings.kind),
      endpointConfigName: config.attrEndpointConfigName,
    });
    this.tag(deployable);
    this.output('EndpointName', endpoint.attrEndpointName, deployable);
    this.output('EndpointArn', endpoint.ref, deployable);
  }

  /** People and programs look for it: its id has no hash. */
  private output(id: string, value: string, { version, environment }: Deployable): void {
    const output = new CfnOutput(this, id, { value, description: `Version ${version} in ${environment}` });
    output.overrideLogicalId(`${this.node.id}${id}`);
  }

  /** Lead back to the model, its version and the run that made it, in the words that the package has for them. */
  private tag({ modelName, version, runId, environment }: Deployable): void {
    const tags = {
      [STEERING_METADATA.modelName]: modelName,
      [STEERING_METADATA.version]: version,
      [STEERING_METADATA.runId]: runId,
      mlflow_environment: environment,
    };
    for (const [key, value] of Object.entries(tags)) {
      if (value !== undefined) {
        Tags.of(this).add(key, value);
      }
    }
  }

  /** The role of few rights that MLflow-MLOps makes for all endpoints of the account and region. */
  private defaultRoleArn(): string {
    const resourceName = endpointRoleName(Stack.of(this).region);
    return Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'role', resourceName });
  }
}

/** SageMaker has neither time-outs nor a volume size for serverless endpoints (API_ProductionVariant). */
function capacity(
  settings: EndpointSettings,
  deployable: Deployable,
): Partial<CfnEndpointConfig.ProductionVariantProperty> {
  if (settings.kind === 'serverless') {
    return { serverlessConfig: { maxConcurrency: settings.maxConcurrency, memorySizeInMb: settings.sizeInMB } };
  }
  const volumeSizeInGb = volumeGigabytes(settings.instanceType, deployable);
  return {
    instanceType: settings.instanceType,
    initialInstanceCount: settings.instanceCount,
    modelDataDownloadTimeoutInSeconds: settings.modelDownloadSeconds,
    containerStartupHealthCheckTimeoutInSeconds: settings.startupSeconds,
    ...(volumeSizeInGb === undefined ? {} : { volumeSizeInGb }),
  };
}
