import { join } from 'node:path';
import { type Command, UsageError } from '../command';
import type { SandboxEnv } from '../context';
import { progress } from '../progress';
import { inSandbox } from './in-sandbox';

/** `provision`: a model gets its deployment pipeline. */
export const provision: Command = {
  summary: 'provision the Service Catalog product for a model',
  help: `npm run sandbox -- provision MODEL_NAME [--opensource]

Provisions the newest version of the product Deploy-MLflow-model for a registered model, as an end user does it in Service
Catalog: the model gets a git repository, a pipeline, a webhook and a model package group. The model need not exist yet.
--opensource takes the account that follows the MLflow server, not the one that follows the Databricks front.
`,
  async run(args, context) {
    const wanted = inSandbox('provision', args, context);
    if (!wanted) return 1;
    const { env, modelName } = wanted;
    if (modelName === undefined) {
      throw new UsageError(`provision takes the name of a model. ${await registered(env)}`);
    }
    const { provisionModel } = await import('../../catalog/provision.js');
    const say = progress(undefined, context.out);
    const made = await provisionModel(env, modelName, { say });
    say('provisioned');
    context.out(`
repository           git clone ${join(env.REPOSITORIES, `${made.repositoryName}.git`)}
pipeline             ${made.pipelineName}; its first run has begun
model package group  ${made.groupName}
stack                ${made.stackName}

\`npm run sandbox -- pipelines ${quoted(modelName)}${args.includes('--opensource') ? ' --opensource' : ''}\` shows the runs.
`);
    return 0;
  },
};

async function registered(env: SandboxEnv): Promise<string> {
  const { call } = await import('../../demo/registry.js');
  const { registered_models: models = [] } = (await call(env, 'GET', 'registered-models/search?max_results=100')) as {
    readonly registered_models?: readonly { readonly name: string }[];
  };
  const names = models.map(({ name }) => name).sort();
  return names.length > 0
    ? `The registry has: ${names.join(', ')}.`
    : 'The registry has no model yet; any name will do.';
}

function quoted(name: string): string {
  return /^[\w.@%+:,/-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
