import { readFileSync } from 'node:fs';
import { requireSetting, runAsProcess } from '../../../sandbox/aws-json/process';
import { startSink } from './sink';

/*
 * The sink as a process of its own. Settings: CERTIFICATE and KEY (PEM files), and STOP_WITH_STDIN (see
 * sandbox/aws-json/process.ts).
 */
runAsProcess(async () => {
  const [certificate, key] = [requireSetting('CERTIFICATE'), requireSetting('KEY')];
  return startSink({ cert: readFileSync(certificate), key: readFileSync(key) });
});
