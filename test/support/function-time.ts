import { LambdaClient, paginateListFunctions, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { clientConfig } from '../../sandbox/deploy/clients';
import type { Stage } from './stories';

/** What the sync's quick functions get when they are deployed, in seconds: enough where each has a machine of its own. */
const SHORT_SECONDS = 30;
/** Enough where a hundred of them share two cores. */
const SHARED_SECONDS = 300;

/**
 * Gives the sync's quick functions more time, for a test that has very many of them run at once.
 *
 * @returns how to give them their own time again
 */
export async function moreFunctionTime(stage: Stage): Promise<() => Promise<void>> {
  const lambda = new LambdaClient(clientConfig(stage.env.AWS_ENDPOINT_URL, stage.env.AWS_ACCESS_KEY_ID));
  const quick: string[] = [];
  for await (const { Functions } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '', Timeout } of Functions ?? []) {
      if (FunctionName.startsWith('ModelRepack-ModelSyncStack-Functions') && Timeout === SHORT_SECONDS) {
        quick.push(FunctionName);
      }
    }
  }
  if (quick.length === 0) {
    throw new Error(`no function of the sync has ${SHORT_SECONDS} seconds`);
  }
  const giveTime = async (seconds: number) => {
    for (const FunctionName of quick) {
      await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: seconds }));
    }
  };
  await giveTime(SHARED_SECONDS);
  return async () => {
    await giveTime(SHORT_SECONDS);
    lambda.destroy();
  };
}
