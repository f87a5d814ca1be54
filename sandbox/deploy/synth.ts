import { rmSync } from 'node:fs';
import { ARTIFACT_STORE_BUCKET } from './accounts';
import { type CdkContext, cdk } from './cdk';

/**
 * What the sandbox wants otherwise than cdk.json: the stages are deployed by the CLI and not by the pipeline, and the product's
 * last version is the working tree's, so that what is provisioned is what was just written. Where artifacts are in S3, they are read there.
 */
const SETTINGS = {
  pipeline: 'false',
  'unreleased-product': 'true',
  'artifact-store': JSON.stringify({ bucket: ARTIFACT_STORE_BUCKET }),
};

/**
 * Synthesizes the app once, for both accounts: it names no account, so the CLI deploys it wherever the credentials lead.
 *
 * @param app the command of another app than the one in cdk.json
 * @returns the folder of the cloud assembly
 */
export async function synth(context: CdkContext, app?: string): Promise<string> {
  const { cdkOut } = context.paths;
  rmSync(cdkOut, { recursive: true, force: true });
  const other = app ? ['--app', app] : [];
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `mlflow-mlops:${name}=${value}`]);
  await cdk(context, {
    log: 'synth',
    args: ['synth', '--quiet', '--no-notices', '--output', cdkOut, ...settings, ...other],
  });
  return cdkOut;
}
