import { registry } from '../shared/context/registry';
import { enrolments } from '../shared/context/store';
import { webhookSecret } from '../shared/context/webhook-secret';
import { webhookUrl } from '../shared/context/webhook-url';
import { requireEnv } from '../shared/env';
import { executionName, startSync } from '../shared/executions';
import type { EnrolmentEffects } from './enrol';

/**
 * The real effects.
 *
 * @param identity of the request, so that its retry does not start a second first sync
 */
export function realEffects(identity: string): EnrolmentEffects {
  const store = enrolments();
  return {
    add: (...args) => store.add(...args),
    remove: (...args) => store.remove(...args),
    setStatus: (...args) => store.setStatus(...args),
    list: () => store.list(),
    ping: async () => (await registry()).ping(),
    ensureWebhook: async (modelName) => {
      const [to, url, secret] = await Promise.all([registry(), webhookUrl(), webhookSecret().current()]);
      return to.ensureWebhook(modelName, { url, secret: secret.value });
    },
    removeWebhook: async (modelName, last) => (await registry()).removeWebhook(modelName, await webhookUrl(), last),
    startSync: async (modelName) => {
      await startSync(requireEnv('STATE_MACHINE_ARN'), modelName, executionName(modelName, identity));
    },
  };
}
