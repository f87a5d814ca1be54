import { randomUUID } from 'node:crypto';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import { executionArn } from '../../../lambda/shared/executions';
import { transitionStage } from '../../../sandbox/demo/registry';
import { until } from '../../../sandbox/demo/until';
import { sized, tried } from '../../../trust/sizes';
import { post, signed, transition } from '../../support/deliveries';
import { makeForeign } from '../../support/foreign';
import { mlflow } from '../../support/forging';
import { moreFunctionTime } from '../../support/function-time';
import { expectOneAtATime, holdings } from '../../support/holdings';
import { faultsOf, type RunModel, writesOfAnotherSync } from '../../support/oracle';
import { deadLetters } from '../../support/queues';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

const MODELS = sized(6, 100);
const EVENTS = 5;
const COPIES = 2;
const AT_ONCE = 50;
const FOREIGN = sized(10, 100);
/** Between the attempts of MLflow's own sender, in milliseconds; Databricks tries again, too. */
const WAITS = [0, 0, 2_000, 6_000];

let stage: Stage;
let giveBack: (() => Promise<void>) | undefined;

beforeAll(async () => {
  stage = stages(await useSandbox()).databricks;
  giveBack = await moreFunctionTime(stage);
  await stage.model();
}, UP_TIMEOUT_MS);

afterAll(() => giveBack?.(), 60_000);

interface Delivery {
  readonly body: string;
  /** Signed when it is sent: a storm may take longer than a signature with a time in it is taken. */
  readonly headers: () => Record<string, string>;
}

/** Half of the models' deliveries are signed as Databricks does it, half as MLflow does. */
function deliveryOf(name: string, index: number): Delivery {
  if (index % 2 === 0) {
    const body = transition(name);
    return { body, headers: () => signed(stage, body) };
  }
  const body = JSON.stringify({
    entity: 'model_version_alias',
    action: 'created',
    timestamp: new Date().toISOString(),
    data: { name, alias: 'production', version: '1' },
  });
  const id = randomUUID();
  const now = () => String(Math.floor(Date.now() / 1_000));
  const headers = () => Object.fromEntries(mlflow(body, stage.env.WEBHOOK_SECRET, now(), id).headers);
  return { body, headers };
}

/** Sends as a registry does, which comes again after 429 and 5xx, and gives the last answer. */
async function send({ body, headers }: Delivery): Promise<{ status: number; execution: string | undefined }> {
  let answer = { status: 0, body: {} as Record<string, string> };
  for (const wait of WAITS) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    answer = await post(stage, body, headers());
    if (answer.status !== 429 && answer.status < 500) {
      break;
    }
  }
  return { status: answer.status, execution: answer.body.execution };
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

test('a storm of deliveries, each twice and in any order: all are taken, none is lost, and each model is synced by one at a time', async () => {
  const names = Array.from({ length: MODELS }, (_, index) => stage.name(`storm${index}x`));
  for (const name of names) {
    await stage.register(name);
    await stage.register(name);
  }
  const groups = await stage.enrolAll(names);
  const models: RunModel[] = names.map((name, index) => ({ name, group: groups[index] ?? '' }));
  // Behind the workspace's back: nobody hears of these changes but by the storm.
  await Promise.all(names.map((name) => transitionStage(stage.behind, name, '1', 'Staging')));
  for (const { name } of models) {
    await stage.sync({ modelName: name });
  }
  const foreign = await makeForeign(stage, models, FOREIGN);
  const letters = await deadLetters(stage);
  expect(Object.keys(letters).length).toBeGreaterThan(1);

  const deliveries = shuffled(
    names.flatMap((name) =>
      Array.from({ length: EVENTS }, (_, index) => deliveryOf(name, index)).flatMap((one) => Array(COPIES).fill(one)),
    ),
  ) as Delivery[];
  const answers: { status: number; execution: string | undefined }[] = [];
  let next = 0;
  let changed = false;
  const sender = async () => {
    for (let index = next++; index < deliveries.length; index = next++) {
      // In the middle of it the models change; the deliveries that are left tell of it.
      if (!changed && index > deliveries.length / 4) {
        changed = true;
        await Promise.all(names.map((name) => transitionStage(stage.env, name, '2', 'Production')));
      }
      const delivery = deliveries[index];
      answers.push(delivery === undefined ? { status: 0, execution: undefined } : await send(delivery));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
  expect(answers.map(({ status }) => status).filter((status) => status < 200 || status > 299)).toEqual([]);

  // Each accepted delivery has its execution, and that one has ended well.
  const executions = [...new Set(answers.flatMap(({ execution }) => execution ?? []))];
  expect(executions).toHaveLength(MODELS * EVENTS);
  const failed: object[] = [];
  for (const execution of executions) {
    const arn = executionArn(stage.env.STATE_MACHINE_ARN, execution);
    const { status, error, cause } = await until(
      `the end of ${execution}`,
      async () => {
        const described = await stage.aws.stepFunctions.send(new DescribeExecutionCommand({ executionArn: arn }));
        return described.status === 'RUNNING' ? undefined : described;
      },
      600_000,
    );
    if (status !== 'SUCCEEDED') {
      failed.push({ execution, status, error, cause });
    }
  }
  expect(failed).toEqual([]);
  await stage.idle();
  expect(await faultsOf(stage, models, foreign)).toEqual([]);
  // Every delivery was worked on: none has become a dead letter.
  expect(await deadLetters(stage)).toEqual(letters);
  for (const { group } of models) {
    expectOneAtATime(await holdings(stage, `${group}-`));
  }
  expect(await writesOfAnotherSync(stage, models.slice(0, 10))).toEqual([]);
  tried('storm', deliveries.length);
}, 1_800_000);
