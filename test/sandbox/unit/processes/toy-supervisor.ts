import { join } from 'node:path';
import { requireSetting } from '../../../../sandbox/aws-json/process';
import type { PartSpec } from '../../../../sandbox/processes/part';
import { sandboxPaths } from '../../../../sandbox/processes/paths';
import { runSupervisor } from '../../../../sandbox/processes/run-supervisor';

/** A supervisor of toy servers: TOYS maps their names to the environment of each. */
const toys = JSON.parse(requireSetting('TOYS')) as Record<string, Record<string, string>>;
const paths = sandboxPaths(requireSetting('SANDBOX_HOME'));

function partsAt(ports: readonly number[]): PartSpec[] {
  return Object.entries(toys).map(([name, env], index) => ({
    name,
    port: ports[index] ?? 0,
    url: `http://127.0.0.1:${ports[index]}`,
    command: [process.execPath, join(__dirname, 'toy-server.js')],
    cwd: __dirname,
    env: { ...env, PORT: String(ports[index]) },
    listening: /^\{"url":/,
    health: `http://127.0.0.1:${ports[index]}/`,
  }));
}

const portCount = Object.keys(toys).length;
void runSupervisor({ paths, python: requireSetting('PYTHON'), portCount, partsAt }).then((code) => process.exit(code));
