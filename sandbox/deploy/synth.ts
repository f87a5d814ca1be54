import { rmSync } from 'node:fs';
import { type CdkContext, cdk } from './cdk';

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
  await cdk(context, { log: 'synth', args: ['synth', '--quiet', '--no-notices', '--output', cdkOut, ...other] });
  return cdkOut;
}
