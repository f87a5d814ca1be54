import { createHmac } from 'node:crypto';
import type { SandboxContext, SandboxEnv } from '../cli/context';

/** A delivery that was not signed with the shared secret gets nowhere. */
export async function refuseForgery(say: SandboxContext['say'], env: SandboxEnv): Promise<void> {
  const body = JSON.stringify({ event: 'MODEL_VERSION_TRANSITIONED_STAGE', model_name: 'demo', version: '1' });
  const signature = createHmac('sha256', 'not the secret').update(body).digest('hex');
  const response = await fetch(env.WEBHOOK_URL, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-databricks-signature': signature },
    body,
  });
  if (response.status !== 401) {
    throw new Error(`a forged webhook was answered with ${response.status}, expected 401`);
  }
  say('a forged webhook was rejected (401)');
}
