import type { Command, CommandContext } from '../command';
import type { SandboxEnv } from '../context';
import { listText, reportText } from '../pipelines-text';
import { inSandbox } from './in-sandbox';

/** `pipelines`: pipelines and their runs. */
export const pipelines: Command = {
  summary: 'show the pipelines and their runs, or the details of one',
  help: `npm run sandbox -- pipelines [MODEL_NAME] [--opensource]

Without a name: every pipeline of the account with its latest runs. With the name of a model, or of a pipeline: its runs with
their actions, and of a newest run that failed the reason: the end of the build's log, or CloudFormation's words.
--opensource takes the account that follows the MLflow server, not the one that follows the Databricks front.
`,
  async run(args, context) {
    const wanted = inSandbox('pipelines', args, context);
    if (!wanted) return 1;
    const { env, modelName } = wanted;
    await (modelName === undefined ? list(env, context) : report(env, modelName, context));
    return 0;
  },
};

async function list(env: SandboxEnv, { out }: CommandContext): Promise<void> {
  const { listPipelines } = await import('../../catalog/pipelines.js');
  out(listText(await listPipelines(env), new Date()));
}

async function report(env: SandboxEnv, name: string, { out }: CommandContext): Promise<void> {
  const { pipelineReport } = await import('../../catalog/pipelines.js');
  out(reportText(await pipelineReport(env, name), new Date()));
}
