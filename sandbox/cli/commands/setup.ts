import { ensureVenv, REQUIREMENTS } from '../../setup/venv';
import { type Command, refuseArguments } from '../command';
import { progress } from '../progress';

/** `setup`: the packages that everything else needs. */
export const setup: Command = {
  summary: 'install the Node packages and the Python environment, and nothing more',
  help: `npm run sandbox -- setup

Creates the Python environment of the sandbox: .sandbox-venv in the project, with the packages of sandbox/requirements.txt
(MLflow, scikit-learn, XGBoost, LightGBM, skops, MiniStack). It takes about 20 s and 1.2 GB the first time, and milliseconds when
nothing changed. The other commands do this by themselves. The last line of the output is the interpreter's path.
`,
  async run(args, { out, signal }) {
    refuseArguments('setup', args);
    out(`${await ensureVenv(progress(undefined, out), process.env, REQUIREMENTS, signal)}\n`);
    return 0;
  },
};
