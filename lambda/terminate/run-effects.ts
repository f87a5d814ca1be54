import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  ListBuildsForProjectCommand,
  StopBuildCommand,
} from '@aws-sdk/client-codebuild';
import {
  CodePipelineClient,
  GetPipelineCommand,
  ListPipelineExecutionsCommand,
  StopPipelineExecutionCommand,
} from '@aws-sdk/client-codepipeline';
import { once } from '../shared/context/once';
import { timeLimits } from '../shared/time-limits';
import type { RunEffects } from './runs';
import { unlessGone } from './unless-gone';

/** Running ones are among the newest: one page of each list is enough. */
const PAGE = 100;

const pipelines = once(() => new CodePipelineClient(timeLimits()));
const codeBuild = once(() => new CodeBuildClient(timeLimits()));

/** The effects on CodePipeline and CodeBuild. */
export function runEffects(): RunEffects {
  return {
    executions: (pipelineName) =>
      unlessGone(['PipelineNotFoundException'], [], async () => {
        const { pipelineExecutionSummaries = [] } = await pipelines().send(
          new ListPipelineExecutionsCommand({ pipelineName, maxResults: PAGE }),
        );
        return pipelineExecutionSummaries
          .filter(({ status }) => status === 'InProgress' || status === 'Stopping')
          .map(({ pipelineExecutionId: id = '', status }) => ({ id, stopping: status === 'Stopping' }));
      }),
    stopExecution: (pipelineName, pipelineExecutionId) =>
      unlessGone(
        ['PipelineNotFoundException', 'DuplicatedStopRequestException', 'PipelineExecutionNotStoppableException'],
        undefined,
        async () => {
          const reason = 'The product that this pipeline belongs to is being terminated';
          await pipelines().send(
            new StopPipelineExecutionCommand({ pipelineName, pipelineExecutionId, abandon: true, reason }),
          );
        },
      ),
    builds: async (pipelineName) => {
      const projects = await projectsOf(pipelineName);
      return (await Promise.all(projects.map(runningBuilds))).flat();
    },
    stopBuild: (id) =>
      unlessGone(['ResourceNotFoundException'], undefined, async () => {
        await codeBuild().send(new StopBuildCommand({ id }));
      }),
  };
}

/**
 * The projects of a pipeline's actions. Their builds are found by the project and not by the action: one that was abandoned
 * before CodeBuild answered never tells which build it started.
 */
async function projectsOf(name: string): Promise<string[]> {
  const stages = await unlessGone(['PipelineNotFoundException'], [], async () => {
    const { pipeline } = await pipelines().send(new GetPipelineCommand({ name }));
    return pipeline?.stages ?? [];
  });
  const builds = stages
    .flatMap(({ actions = [] }) => actions)
    .filter(({ actionTypeId }) => actionTypeId?.provider === 'CodeBuild');
  return [...new Set(builds.flatMap(({ configuration }) => configuration?.ProjectName ?? []))];
}

async function runningBuilds(projectName: string): Promise<string[]> {
  const newest = await unlessGone(['ResourceNotFoundException'], [], async () => {
    const { ids = [] } = await codeBuild().send(
      new ListBuildsForProjectCommand({ projectName, sortOrder: 'DESCENDING' }),
    );
    return ids.slice(0, PAGE);
  });
  if (newest.length === 0) {
    return [];
  }
  const { builds = [] } = await codeBuild().send(new BatchGetBuildsCommand({ ids: newest }));
  return builds.filter(({ buildStatus }) => buildStatus === 'IN_PROGRESS').flatMap(({ id }) => id ?? []);
}
