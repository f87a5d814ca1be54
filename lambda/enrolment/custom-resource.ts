import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { messageOf } from '../shared/errors';
import { logger } from '../shared/logging';
import { groupNameOf } from '../shared/names/group-name';
import { type Attributes, attributesOf } from './attributes';
import { type EnrolmentEffects, enrol, unenrol } from './enrol';

/** What CDK's provider framework takes as an answer (aws-cdk-lib custom-resources, Provider). */
export interface ProviderAnswer {
  readonly PhysicalResourceId?: string;
  readonly Data?: Attributes;
}

/**
 * The custom resource that enrols a model: property `ModelName`, attributes {@link Attributes}.
 *
 * An update to another model enrols that one and answers a new physical id, upon which CloudFormation deletes the old
 * resource: that delete carries the old `ModelName`, and only this counts. With the property `ModelNameIsFixed` such an update
 * is refused: there is more in the stack that is named after the model.
 *
 * @param effectsOf the effects of a request, by its identity
 * @throws Error for people, who see it as the reason of their stack's failure
 */
export async function answerRequest(
  event: CloudFormationCustomResourceEvent,
  effectsOf: (identity: string) => EnrolmentEffects,
): Promise<ProviderAnswer> {
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
  const groupName = groupNameOf(modelName);
  const moves = event.RequestType === 'Update' && event.PhysicalResourceId !== idOf(groupName);
  if (moves && event.ResourceProperties.ModelNameIsFixed === 'true') {
    throw new Error(
      `the model cannot be changed to ${JSON.stringify(modelName)}, because repository, pipeline and endpoints are named after it: ` +
        'provision another product for that model, and terminate this one when its model is not to be deployed any more',
    );
  }
  try {
    const effects = effectsOf(event.RequestId);
    await (event.RequestType === 'Delete' ? unenrol(modelName, holder, effects) : enrol(modelName, holder, effects));
  } catch (error) {
    // What the resource held before, it still holds.
    if (event.RequestType === 'Create' || moves) {
      await rollBack(modelName, holder, effectsOf(`${event.RequestId}-rollback`));
    }
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
  return { PhysicalResourceId: idOf(groupName), Data: attributesOf(modelName, groupName, event.StackId) };
}

/**
 * The physical id says which model a resource stands for. `OldResourceProperties` does not: in a rollback they are those of the
 * update that failed.
 */
function idOf(groupName: string): string {
  return `mlflow-mlops-${groupName}`;
}

/**
 * Takes back what a failed request recorded: the provider framework hands no delete on for a create that failed, and
 * CloudFormation sends none for an update that did.
 */
async function rollBack(modelName: string, holder: string, effects: EnrolmentEffects): Promise<void> {
  try {
    await unenrol(modelName, holder, effects);
  } catch (error) {
    logger.error('the failed enrolment could not be taken back: the hourly sync goes on', { reason: messageOf(error) });
  }
}
