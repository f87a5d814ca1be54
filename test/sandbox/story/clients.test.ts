import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { largestDifference } from '../../../sandbox/demo/endpoint';
import { UP_TIMEOUT_MS, useSandbox } from '../../support/sandbox';
import { type Stage, stages } from '../../support/stories';

interface Told {
  readonly group: string;
  readonly version: string;
  readonly metadata: Record<string, string>;
  readonly approval: string;
  readonly endpoint: number[];
  readonly mlflow: number[];
}

let accounts: Record<'databricks' | 'openSource', Stage>;

beforeAll(async () => {
  accounts = stages(await useSandbox());
}, UP_TIMEOUT_MS);

test.each([
  ['a Databricks workspace, by stage', 'databricks', 'stage'],
  ['open-source MLflow, by alias', 'openSource', 'alias'],
] as const)(
  'mlflow and boto3, unchanged, go the whole way with %s',
  async (_what, account, promotion) => {
    const { env } = accounts[account];
    const name = accounts[account].name('clients');
    const { stdout } = await promisify(execFile)(env.PYTHON, [join(__dirname, 'clients.py'), name, promotion], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        ...env,
        MLFLOW_DISABLE_TELEMETRY: 'true',
        GIT_PYTHON_REFRESH: 'quiet',
      },
      maxBuffer: 16 * 1024 * 1024,
    });
    const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told;
    expect(told).toMatchObject({ group: name, approval: 'Approved' });
    expect(told.metadata).toMatchObject({ mlflow_name: name, mlflow_version: told.version });
    // It was logged outside of any run.
    expect(told.metadata).not.toHaveProperty('mlflow_run_id');
    expect(largestDifference(told.endpoint, told.mlflow)).toBeLessThan(1e-9);
    await accounts[account].idle();
  },
  180_000,
);
