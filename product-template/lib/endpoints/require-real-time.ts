import type { Deployable } from '../deployable/deployable';
import type { Environment } from '../deployable/environments';
import type { EndpointSettings } from '../inference/inference';
import { WrongInput } from '../wrong-input';

/**
 * Serverless endpoints take a model only as an archive (API_ContainerDefinition, ModelDataSource). SageMaker would say so in the
 * middle of a deployment; here it is said before anything is deployed.
 *
 * @throws WrongInput that names each version that cannot be deployed, the key of `inference.yaml` that makes it so, and the ways out
 */
export function requireRealTime(
  deployables: readonly Deployable[],
  endpoints: Readonly<Record<Environment, EndpointSettings>>,
): void {
  const problems = deployables.flatMap(({ environment, version, uncompressed }) => {
    const settings = endpoints[environment];
    return uncompressed && settings.kind === 'serverless'
      ? [
          `version ${version}: its files are not in an archive, and ${environment}.ServerlessMaxConcurrency ` +
            `(${settings.maxConcurrency}) makes its endpoint serverless, which takes archives only`,
        ]
      : [];
  });
  if (problems.length > 0) {
    throw new WrongInput(
      `inference.yaml cannot be deployed:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n` +
        'Give the environment an InstanceType in place of its Serverless keys, or take the tag sagemaker_deploy_model_data ' +
        '(uncompressed) away from the version or its model in MLflow.',
    );
  }
}
