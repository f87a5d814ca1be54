import { type Command, refuseArguments } from '../command';
import { up } from '../lifecycle';
import { nextSteps } from '../next-steps';
import { progress } from '../progress';

/** `up`: starts everything and returns. */
export const upCommand: Command = {
  summary: 'start everything and deploy the stacks; runs until `down`',
  help: `npm run sandbox -- up

Starts MLflow, the Databricks stand-in, MiniStack and the stand-ins for SageMaker and for AWS's developer tools. Then deploys
the stacks to two accounts: one follows the Databricks stand-in, the other MLflow itself. Returns when everything is ready: after
about a minute, or about two minutes the first time. Afterwards, load one account's environment into a shell:

  set -a; . .sandbox/env; set +a              the account that follows the Databricks stand-in
  set -a; . .sandbox/env.opensource; set +a   the account that follows MLflow
`,
  async run(args, { out, signal }) {
    refuseArguments('up', args);
    const { paths, env } = await up({ say: progress(undefined, out), signal });
    out(`The sandbox is up. MLflow: ${env.MLFLOW_SERVER_URI}\n\n${nextSteps(paths)}`);
    return 0;
  },
};
