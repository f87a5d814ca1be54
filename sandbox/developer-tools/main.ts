import { requireSetting, runAsProcess } from '../aws-json/process';
import { machineEnvironment } from './codebuild/machine';
import { startDeveloperTools } from './server';

/*
 * The developer tools' stand-in as a process. Settings: PORT (0 or none takes a free one), PYTHON, AWS_ENDPOINT_URL (MiniStack),
 * SAGEMAKER_URL, WORK_DIR, REPOSITORIES_DIR, ENVIRONMENT_FOLDERS, BUILD_ENVIRONMENT (see codebuild/machine.ts), and STOP_WITH_STDIN (see
 * aws-json/process.ts).
 */
runAsProcess(async () => {
  const sagemaker = process.env.SAGEMAKER_URL;
  return startDeveloperTools({
    port: Number(process.env.PORT ?? '0'),
    python: requireSetting('PYTHON'),
    awsEndpoint: requireSetting('AWS_ENDPOINT_URL'),
    endpoints: sagemaker ? { SAGEMAKER: sagemaker, SAGEMAKER_RUNTIME: sagemaker } : {},
    repositories: requireSetting('REPOSITORIES_DIR'),
    environmentFolders: requireSetting('ENVIRONMENT_FOLDERS'),
    workDir: requireSetting('WORK_DIR'),
    machine: machineEnvironment(process.env.BUILD_ENVIRONMENT, process.env),
    log: (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
  });
});
