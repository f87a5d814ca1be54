import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { requireSetting, runAsProcess } from '../../../sandbox/aws-json/process';
import { startSink } from './sink';

/*
 * The sink as a process of its own. Settings: OBJECTS (a folder of its own, emptied), CERTIFICATE and KEY (PEM files), and
 * STOP_WITH_STDIN (see sandbox/aws-json/process.ts).
 */
runAsProcess(async () => {
  const objects = requireSetting('OBJECTS');
  rmSync(objects, { recursive: true, force: true });
  mkdirSync(objects, { recursive: true });
  const [certificate, key] = [requireSetting('CERTIFICATE'), requireSetting('KEY')];
  return startSink(objects, { cert: readFileSync(certificate), key: readFileSync(key) });
});
