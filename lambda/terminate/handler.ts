import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { type Begun, begin, isTerminated, type Pending } from './custom-resource';
import { realEffects } from './effects';

/** The custom resource that cleans up behind a model's pipeline, in the two steps of CDK's provider framework. */
export async function onEvent(event: CloudFormationCustomResourceEvent): Promise<Begun> {
  return begin(event, new Date());
}

export async function isComplete(event: Pending): Promise<{ IsComplete: boolean }> {
  return { IsComplete: await isTerminated(event, realEffects()) };
}
