import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { answerRequest, type ProviderAnswer } from './custom-resource';
import { realEffects } from './effects';

/** The custom resource that enrols a model. */
export function handler(event: CloudFormationCustomResourceEvent): Promise<ProviderAnswer> {
  return answerRequest(event, realEffects);
}
