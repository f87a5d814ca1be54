import { ListExecutionsCommand, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { SandboxContext } from '../../../sandbox/cli/context';
import { setTag, transitionStage } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { everyProcess } from '../../../sandbox/processes/process-table';
import { sized, tried } from '../../../trust/sizes';
import { makeForeign } from '../../support/foreign';
import { faultsOf, type RunModel, writesOfAnotherSync } from '../../support/oracle';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

/* Processes of functions that are really killed, at any time of a sync; test/trust/crashes.test.ts does it at each call, in memory. */

const ROUNDS = sized(2, 60);
const KILLS_A_ROUND = 4;
/** A sync of these models takes some seconds. */
const SPREAD_MS = 1_500;

let context: SandboxContext;
let stage: Stage;

beforeAll(async () => {
  context = await useSandbox();
  stage = stages(context).databricks;
  await stage.model();
}, UP_TIMEOUT_MS);

/** Kills what runs functions in this sandbox, as the loss of a machine does; gives how many there were. */
function killFunctions(): number {
  const workers = everyProcess().filter(({ command }) => command.includes(`${context.paths.tmp}/ministack-lambda-`));
  for (const { pid } of workers) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself meanwhile.
    }
  }
  return workers.length;
}

async function running(): Promise<string[]> {
  const { executions = [] } = await stage.aws.stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: stage.env.STATE_MACHINE_ARN, statusFilter: 'RUNNING' }),
  );
  return executions.map(({ executionArn = '' }) => executionArn);
}

/** Everything that a sync has to act upon: a version more, one that goes, one whose metadata change. */
async function change(name: string, round: number): Promise<void> {
  const version = await stage.register(name);
  await transitionStage(stage.env, name, version, round % 2 === 0 ? 'Staging' : 'Production');
  await transitionStage(stage.env, name, String(Number(version) - 2), 'Archived');
  await setTag(stage.env, name, String(Number(version) - 1), 'team', `round ${round}`);
}

test('functions that are killed at any time, and executions with them: the next sync puts everything right', async () => {
  const names = [stage.name('struck'), stage.name('struck-too')];
  for (const name of names) {
    for (const to of ['Production', 'Staging']) {
      await transitionStage(stage.env, name, await stage.register(name), to);
    }
  }
  const groups = await stage.enrolAll(names);
  const models: RunModel[] = names.map((name, index) => ({ name, group: groups[index] ?? '' }));
  const foreign = await makeForeign(stage, models, 10);
  let killed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      await change(name, round);
    }
    for (const modelName of names) {
      await stage.aws.stepFunctions.send(
        new StartExecutionCommand({
          stateMachineArn: stage.env.STATE_MACHINE_ARN,
          input: JSON.stringify({ modelName }),
        }),
      );
    }
    for (let kill = 0; kill < KILLS_A_ROUND; kill++) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * SPREAD_MS));
      killed += killFunctions();
      // In every other round everything dies, so that nobody tries again.
      for (const executionArn of round % 2 === 0 ? [] : await running()) {
        await stage.aws.stepFunctions.send(new StopExecutionCommand({ executionArn })).catch(() => undefined);
      }
    }
    await until('the end of all that was struck', async () => (await running()).length === 0, 300_000);
    for (const modelName of names) {
      expect((await stage.sync({ modelName, confirmDeletions: true })).status).toBe('SUCCEEDED');
    }
    expect([round, await writesOfAnotherSync(stage, models)]).toEqual([round, []]);
    expect([round, await faultsOf(stage, models, foreign)]).toEqual([round, []]);
  }
  expect(killed).toBeGreaterThan(ROUNDS);
  tried('crashes', killed);
}, 3_600_000);
