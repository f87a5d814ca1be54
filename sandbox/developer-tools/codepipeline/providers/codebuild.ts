import { z } from 'zod';
import type { Sessions } from '../../aws/session';
import type { Builds } from '../../codebuild/builds';
import { checkVariable } from '../../codebuild/check-project';
import type { Projects } from '../../codebuild/projects';
import { ActionFailure, type Job, type JobRunner } from '../job';

const variablesSchema = z.array(
  z.strictObject({
    name: z.string(),
    value: z.string(),
    type: z.enum(['PLAINTEXT', 'PARAMETER_STORE', 'SECRETS_MANAGER']).default('PLAINTEXT'),
  }),
);

/**
 * The action for CodeBuild: a build of the project with the artifacts as its sources, waited for
 * (codepipeline/latest/userguide/action-reference-CodeBuild).
 */
export function codeBuildAction(projects: Projects, builds: Builds, sessions: Sessions): JobRunner {
  return async (job) => {
    const { caller, configuration, executionId, pipelineName, roleArn, sourceRevision, report } = job;
    const {
      inputs: [source],
      outputs: [output],
    } = job;
    // Whoever runs the action must be able to: a role that cannot be assumed fails it.
    (await sessions.assume(caller, roleArn, executionId)).close();
    job.refuseAbandoned();
    const build = builds.start({
      caller,
      project: projects.named(caller, configuration.ProjectName ?? ''),
      initiator: `codepipeline/${pipelineName}`,
      variables: variablesOf(job),
      pipeline: { source, output, sourceVersion: sourceRevision },
    });
    report({ externalId: build.details.id, externalUrl: build.details.logs?.deepLink ?? '' });
    await builds.ended(build);
    const { buildStatus } = build.details;
    if (buildStatus !== 'SUCCEEDED') {
      const why = build.failure === undefined ? '' : ` ${build.failure}`;
      throw new ActionFailure('JobFailed', `Build ${build.details.id} terminated with state: ${buildStatus}.${why}`);
    }
    return {};
  };
}

function variablesOf({ action, configuration }: Job) {
  const { EnvironmentVariables: text } = configuration;
  if (text === undefined) return [];
  try {
    const variables = variablesSchema.parse(JSON.parse(text));
    for (const { name, type } of variables) checkVariable(name, type);
    return variables;
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new ActionFailure('ConfigurationError', `EnvironmentVariables of ${action.name} cannot be read: ${why}`);
  }
}
