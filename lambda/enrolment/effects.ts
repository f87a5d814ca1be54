import { getParametersByName } from '@aws-lambda-powertools/parameters/ssm';
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { registry } from '../shared/context/registry';
import { enrolments } from '../shared/context/store';
import { requireEnv } from '../shared/env';
import { executionName, startSync } from '../shared/executions';
import { readSecret } from '../shared/secrets';
import type { EnrolmentEffects } from './enrol';

const events = new EventBridgeClient({});

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
    ensureWebhook: async (modelName) =>
      (await registry()).ensureWebhook(modelName, {
        url: await webhookUrl(),
        secret: await readSecret(requireEnv('WEBHOOK_SECRET'), true),
      }),
    removeWebhook: async (modelName, last) => (await registry()).removeWebhook(modelName, await webhookUrl(), last),
    watchPending: async (on) => {
      const Name = requireEnv('PENDING_RULE');
      await events.send(on ? new EnableRuleCommand({ Name }) : new DisableRuleCommand({ Name }));
    },
    startSync: async (modelName) => {
      await startSync(requireEnv('STATE_MACHINE_ARN'), modelName, executionName(modelName, identity));
    },
  };
}

/** A parameter puts another address before the API's own, for those who reach it by a proxy or a domain of theirs. */
async function webhookUrl(): Promise<string> {
  const name = requireEnv('WEBHOOK_URL_PARAMETER');
  const found = await getParametersByName<string>({ [name]: {} }, { throwOnError: false, maxAge: 60 });
  const override: unknown = found[name];
  return typeof override === 'string' ? override : requireEnv('WEBHOOK_URL');
}
