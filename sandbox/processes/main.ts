import { requireSetting } from '../aws-json/process';
import { sandboxPaths } from './paths';
import { runSupervisor } from './run-supervisor';
import { PORT_COUNT, sandboxParts } from './sandbox-parts';

/** The supervisor process of a sandbox. Its environment: SANDBOX_HOME, PYTHON, DATABRICKS_TOKEN. */
async function main(): Promise<number> {
  const paths = sandboxPaths(requireSetting('SANDBOX_HOME'));
  const python = requireSetting('PYTHON');
  const token = requireSetting('DATABRICKS_TOKEN');
  return runSupervisor({
    paths,
    python,
    portCount: PORT_COUNT,
    partsAt: (ports) => sandboxParts(paths, python, token, ports),
  });
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
