import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { messageOf } from '../shared/errors';
import { logger } from '../shared/logging';
import { groupNameOf } from '../shared/packages/group-name';
import { realEffects } from './effects';
import { enrol, unenrol } from './enrol';

/** What CDK's provider framework takes as an answer (aws-cdk-lib custom-resources, Provider). */
interface ProviderAnswer {
  readonly PhysicalResourceId?: string;
  readonly Data?: { readonly GroupName: string };
}

/**
 * The custom resource that enrols a model: property `ModelName`, attribute `GroupName`.
 *
 * An update to another model enrols that one and answers a new physical id, upon which CloudFormation deletes the old
 * resource: that delete carries the old `ModelName`, and only this counts.
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<ProviderAnswer> {
  const modelName: unknown = event.ResourceProperties.ModelName;
  const holder = `${event.StackId}/${event.LogicalResourceId}`;
  logger.resetKeys();
  logger.appendKeys({ model: String(modelName), request: event.RequestType });
  if (typeof modelName !== 'string' || modelName === '') {
    if (event.RequestType === 'Delete') {
      return {};
    }
    throw new Error('property ModelName is missing: give the name of the model in the MLflow registry');
  }
  try {
    const effects = realEffects(event.RequestId);
    await (event.RequestType === 'Delete'
      ? unenrol(modelName, holder, effects)
      : enrol(modelName, groupNameOf(modelName), holder, effects));
  } catch (error) {
    await rollBack(event, modelName, holder);
    logger.error('enrolment failed', { reason: messageOf(error) });
    throw new Error(
      `model ${JSON.stringify(modelName)}: ${messageOf(error)}. Check that the registry can be reached from AWS and that the secret ` +
        'named in /mlflow-mlops/secret_name lets MLflow-MLOps read it and manage webhooks',
    );
  }
  logger.info('enrolment done');
  if (event.RequestType === 'Delete') {
    // An answer with an id other than the one that is deleted would be refused, whatever that was.
    return {};
  }
  const groupName = groupNameOf(modelName);
  return { PhysicalResourceId: `mlflow-mlops-${groupName}`, Data: { GroupName: groupName } };
}

/**
 * Takes back what a failed request recorded: the provider framework hands no delete on for a create that failed, and
 * CloudFormation sends none for an update that did.
 */
async function rollBack(event: CloudFormationCustomResourceEvent, modelName: string, holder: string): Promise<void> {
  const moved = event.RequestType === 'Update' && event.OldResourceProperties.ModelName !== modelName;
  if (event.RequestType !== 'Create' && !moved) {
    return;
  }
  try {
    await unenrol(modelName, holder, realEffects(`${event.RequestId}-rollback`));
  } catch (error) {
    logger.error('the failed enrolment could not be taken back: the hourly sync goes on', { reason: messageOf(error) });
  }
}
