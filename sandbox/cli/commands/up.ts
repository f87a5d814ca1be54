import { type Command, refuseArguments } from '../command';
import { up } from '../lifecycle';
import { progress } from '../progress';

/** `up`: everything runs when it returns, and stays. */
export const upCommand: Command = {
  summary: 'start everything and deploy the stacks; it runs until `down`',
  help: `npm run sandbox -- up

Starts MLflow, the Databricks front, MiniStack and the stand-ins for SageMaker and for AWS's developer tools, and deploys the
stacks to two accounts: one follows the Databricks front, the other MLflow itself. Returns when all is ready, in about a minute; the first time it also makes
the Python environment (2 to 5 minutes). Afterwards, in a shell:

  set -a; . .sandbox/env; set +a              the account that follows the Databricks front
  set -a; . .sandbox/env.opensource; set +a   the account that follows MLflow
`,
  async run(args, { out, signal }) {
    refuseArguments('up', args);
    const { paths, env } = await up({ say: progress(undefined, out), signal });
    out(`The sandbox is up. MLflow: ${env.MLFLOW_SERVER_URI}  Addresses and credentials: ${paths.env}\n`);
    return 0;
  },
};
