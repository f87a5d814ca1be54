import { requireSetting, runAsProcess } from '../aws-json/process';
import { startDatabricksFront } from './front';

/*
 * The Databricks front as a process. Settings: PORT (0 or none takes a free one), MLFLOW_SERVER_URI, DATABRICKS_TOKEN, and
 * STOP_WITH_STDIN (see aws-json/process.ts).
 */
runAsProcess(() =>
  startDatabricksFront({
    port: Number(process.env.PORT ?? '0'),
    mlflowUri: requireSetting('MLFLOW_SERVER_URI'),
    token: requireSetting('DATABRICKS_TOKEN'),
    log: (line) => process.stderr.write(`${line}\n`),
  }),
);
