import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { requireSetting, runAsProcess } from '../aws-json/process';
import { machineEnvironment } from '../developer-tools/codebuild/machine';
import { startSageMaker } from './server';

/*
 * SageMaker's stand-in as a process. Settings: PORT (0 or none takes a free one), PYTHON, AWS_ENDPOINT_URL, WORK_DIR, ENVIRONMENT_FOLDERS (where
 * builds make environment images), and STOP_WITH_STDIN (see aws-json/process.ts).
 */
runAsProcess(async () => {
  const workDir = requireSetting('WORK_DIR');
  await mkdir(workDir, { recursive: true });
  return startSageMaker({
    port: Number(process.env.PORT ?? '0'),
    python: requireSetting('PYTHON'),
    machine: machineEnvironment(undefined, process.env),
    awsEndpoint: requireSetting('AWS_ENDPOINT_URL'),
    workDir,
    imagesDir: process.env.ENVIRONMENT_FOLDERS || join(workDir, '..', 'images'),
    log: (line) => process.stderr.write(`${line}\n`),
  });
});
