/** What stopping a pipeline needs of the world. Every effect may be repeated, and what is gone is fine. */
export interface RunEffects {
  /** Executions that are under way, or that are being stopped. */
  readonly executions: (pipelineName: string) => Promise<{ id: string; stopping: boolean }[]>;
  readonly stopExecution: (pipelineName: string, id: string) => Promise<void>;
  /** Ids of running builds of all projects that the pipeline uses, whoever started them. */
  readonly builds: (pipelineName: string) => Promise<string[]>;
  readonly stopBuild: (id: string) => Promise<void>;
}

/**
 * Stops what runs in a pipeline.
 *
 * An execution that is abandoned leaves its build running, and the build of a self-mutation would make the product's stack
 * anew once that is gone: so builds are stopped by themselves, and waited for.
 *
 * @returns what is not at rest yet, for people; what was only just stopped is looked at again
 */
export async function stopRuns(pipelineName: string, effects: RunEffects): Promise<string[]> {
  const executions = await effects.executions(pipelineName);
  for (const { id } of executions.filter(({ stopping }) => !stopping)) {
    await effects.stopExecution(pipelineName, id);
  }
  const builds = await effects.builds(pipelineName);
  for (const id of builds) {
    await effects.stopBuild(id);
  }
  return [
    ...executions.map(({ id }) => `execution ${id} of pipeline ${pipelineName} is being stopped`),
    ...builds.map((id) => `build ${id} is being stopped`),
  ];
}
