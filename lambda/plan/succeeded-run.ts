import {
  CodePipelineClient,
  PipelineNotFoundException,
  paginateListPipelineExecutions,
} from '@aws-sdk/client-codepipeline';
import { once } from '../shared/context/once';
import { timeLimits } from '../shared/time-limits';

const client = once(() => new CodePipelineClient({ maxAttempts: 5, ...timeLimits() }));
const PAGE = 100;

/**
 * When the newest run of a pipeline that succeeded began, in milliseconds since the epoch. CodePipeline lists runs of the last twelve
 * months, the newest first (API_ListPipelineExecutions).
 *
 * @returns undefined if none succeeded; `now` where there is no pipeline, so no run can fail any more
 */
export async function succeededRun(pipelineName: string, now: number): Promise<number | undefined> {
  try {
    for await (const { pipelineExecutionSummaries: runs = [] } of paginateListPipelineExecutions(
      { client: client(), pageSize: PAGE },
      { pipelineName },
    )) {
      const found = runs.find(({ status, startTime }) => status === 'Succeeded' && startTime !== undefined);
      if (found !== undefined) {
        return found.startTime?.getTime();
      }
    }
    return undefined;
  } catch (error) {
    if (error instanceof PipelineNotFoundException) {
      return now;
    }
    throw error;
  }
}
