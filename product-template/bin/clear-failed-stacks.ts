#!/usr/bin/env -S npx tsx
/* Makes way where the first deployment of an environment failed; see lib/recovery. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ENVIRONMENTS } from '../lib/deployable/environments';
import { requireGroupName } from '../lib/group-name';
import { stageStackName } from '../lib/names';
import { clearFailedStack } from '../lib/recovery/clear-failed-stack';
import { cloudFormationStacks } from '../lib/recovery/cloudformation-stacks';

async function main(): Promise<void> {
  const groupName = requireGroupName(process.env);
  const stacks = cloudFormationStacks(new CloudFormationClient({ maxAttempts: 10 }));
  for (const environment of ENVIRONMENTS) {
    await clearFailedStack(stageStackName(groupName, environment), stacks);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
