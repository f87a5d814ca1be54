import { type HistoryEvent, paginateGetExecutionHistory, paginateListExecutions } from '@aws-sdk/client-sfn';
import type { Stage } from './stories';

/** When an execution held a model's claim, in milliseconds. */
export interface Held {
  readonly from: number;
  readonly to: number;
  readonly rounds: number;
}

/**
 * What the histories of a model's executions say of its claim, in the order of time.
 *
 * @param name what the executions' names begin with
 */
export async function holdings(stage: Stage, name: string): Promise<Held[]> {
  const held: Held[] = [];
  const pages = paginateListExecutions(
    { client: stage.aws.stepFunctions },
    { stateMachineArn: stage.env.STATE_MACHINE_ARN },
  );
  for await (const { executions } of pages) {
    for (const { executionArn = '', name: execution = '' } of executions ?? []) {
      const one = execution.startsWith(name) ? holdingOf(await historyOf(stage, executionArn)) : undefined;
      held.push(...(one === undefined ? [] : [one]));
    }
  }
  return held.sort((a, b) => a.from - b.from);
}

/** Fails where two held the claim at once. */
export function expectOneAtATime(held: readonly Held[]): void {
  held.slice(1).forEach((next, index) => {
    expect(next.from).toBeGreaterThanOrEqual(held[index]?.to ?? Number.POSITIVE_INFINITY);
  });
}

async function historyOf(stage: Stage, executionArn: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for await (const page of paginateGetExecutionHistory({ client: stage.aws.stepFunctions }, { executionArn })) {
    events.push(...(page.events ?? []));
  }
  return events;
}

/** What the steps answered; MiniStack's history has the tasks within a map, and not their states' names. */
function holdingOf(events: readonly HistoryEvent[]): Held | undefined {
  const steps = events.map(({ timestamp, taskSucceededEventDetails: details }, index) => {
    const { Payload = {} } = JSON.parse(details?.output ?? '{}') as { Payload?: Record<string, unknown> };
    return { began: Number(events[index - 1]?.timestamp), ended: Number(timestamp), answer: Payload };
  });
  const claim = steps.find(({ answer }) => answer.claimed === true);
  // The claim is passed on while the last step runs: it ends with what comes before.
  const releases = steps.filter(({ answer }) => 'again' in answer);
  const to = releases.at(-1)?.began ?? Number.POSITIVE_INFINITY;
  return claim && { from: claim.ended, to, rounds: releases.length };
}
