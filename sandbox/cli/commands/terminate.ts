import { type Command, UsageError } from '../command';
import type { SandboxEnv } from '../context';
import { progress } from '../progress';
import { inSandbox } from './in-sandbox';

/** `terminate`: removes what `provision` created. */
export const terminate: Command = {
  summary: "terminate a model's Service Catalog product",
  help: `npm run sandbox -- terminate MODEL_NAME [--opensource]

Terminates the product that was provisioned for a model, as an end user does it in Service Catalog: what runs is stopped, and
pipeline, endpoints, webhook and rule are removed. The repository's history, the pipeline's bucket and the registered packages
stay.
--opensource takes the account that follows the MLflow server, not the one that follows the Databricks front.
`,
  async run(args, context) {
    const wanted = inSandbox('terminate', args, context);
    if (!wanted) return 1;
    const { env, modelName } = wanted;
    if (modelName === undefined) {
      throw new UsageError(`terminate takes the name of a model. ${await provisioned(env)}`);
    }
    const { terminateModel } = await import('../../catalog/terminate.js');
    const { whatStays } = await import('../../catalog/leftovers.js');
    const say = progress(undefined, context.out);
    const productId = await terminateModel(env, modelName, { say });
    say('terminated');
    const left = await whatStays(env, modelName, productId);
    context.out(
      left.length > 0 ? `\nWhat stays:\n${left.map((line) => `  ${line}\n`).join('')}` : '\nNothing stays.\n',
    );
    return 0;
  },
};

async function provisioned(env: SandboxEnv): Promise<string> {
  const { provisionedModelNames } = await import('../../catalog/provisioned.js');
  const { awsOf } = await import('../../demo/aws.js');
  const names = await provisionedModelNames(awsOf(env));
  return names.length > 0
    ? `The product is provisioned for: ${names.join(', ')}.`
    : 'The product is not provisioned for any model.';
}
