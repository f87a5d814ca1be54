import {
  CodePipelineClient,
  PipelineNotFoundException,
  StartPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { once } from '../shared/context/once';
import { modelPackages } from '../shared/context/packages';
import { claims, deployments } from '../shared/context/store';
import { requireEnv } from '../shared/env';
import { timeLimits } from '../shared/time-limits';
import type { StartEffects } from './start';

const client = once(() => new CodePipelineClient({ maxAttempts: 5, ...timeLimits() }));

/** The real effects. */
export function realEffects(): StartEffects {
  const store = deployments();
  return {
    owner: requireEnv('OWNER'),
    isHeld: (modelName) => claims().isHeld(modelName),
    packages: async (groupName) =>
      (await modelPackages().list(groupName)).map(({ arn, approvalStatus, metadata }) => ({
        arn,
        approval: approvalStatus,
        metadata,
      })),
    read: (...args) => store.read(...args),
    write: (...args) => store.write(...args),
    startPipeline,
    now: () => Math.floor(Date.now() / 1000),
  };
}

async function startPipeline(name: string, clientRequestToken: string): Promise<boolean> {
  try {
    await client().send(new StartPipelineExecutionCommand({ name, clientRequestToken }));
    return true;
  } catch (error) {
    if (error instanceof PipelineNotFoundException) {
      return false;
    }
    throw error;
  }
}
