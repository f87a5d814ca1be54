import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import type { Area } from './areas';

/** Where Stryker works; nothing of it is committed. */
const HOME = '.mutants';

/** @returns the report's file, in the project */
export async function mutate(area: Area, concurrency: number): Promise<string> {
  const folder = join(HOME, area.id.replace(/\W+/g, '-'));
  const config = join(folder, 'stryker.config.json');
  const report = join(folder, 'report.json');
  mkdirSync(join(PROJECT, folder), { recursive: true });
  writeFileSync(join(PROJECT, config), JSON.stringify(optionsOf(area, folder, report, concurrency), null, 2));
  const child = spawn(join(PROJECT, 'node_modules', '.bin', 'stryker'), ['run', config], { cwd: PROJECT, stdio: 'inherit' });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`Stryker failed in ${area.id}`))));
  });
  return report;
}

function optionsOf(area: Area, folder: string, report: string, concurrency: number) {
  return {
    mutate: area.mutate,
    testRunner: 'jest',
    plugins: ['@stryker-mutator/jest-runner'],
    jest: {
      configFile: 'trust/mutants/jest.config.js',
      config: { testMatch: area.tests.map((tests) => `<rootDir>/${tests}`) },
      enableFindRelatedTests: false,
    },
    coverageAnalysis: 'perTest',
    incremental: true,
    incrementalFile: join(folder, 'incremental.json'),
    tempDirName: join(folder, 'sandbox'),
    ignorePatterns: ['.*', 'cdk.out', 'product-versions', 'product-template', 'tsconfig.json'],
    disableTypeChecks: false,
    reporters: ['progress-append-only', 'json'],
    jsonReporter: { fileName: report },
    concurrency,
    timeoutMS: 20_000,
  };
}
