import type { WebhookState } from '../shared/registry/registry';
import type { Enrolment, EnrolmentStatus } from '../shared/store/enrolments';

/** What enrolling needs of the world. Every effect may be repeated. */
export interface EnrolmentEffects {
  readonly add: (modelName: string, holder: string) => Promise<void>;
  readonly remove: (modelName: string, holder: string) => Promise<boolean>;
  readonly setStatus: (modelName: string, status: EnrolmentStatus) => Promise<void>;
  readonly list: () => Promise<Enrolment[]>;
  /** Throws with what to check when the registry does not answer. */
  readonly ping: () => Promise<void>;
  readonly ensureWebhook: (modelName: string) => Promise<WebhookState>;
  readonly removeWebhook: (modelName: string, last: boolean) => Promise<void>;
  readonly startSync: (modelName: string) => Promise<void>;
}

/**
 * Enrols a model: it is recorded first, so that a webhook that arrives at once finds it; then its webhook is made and a first
 * sync started. Repeated and half-done calls end in the same state.
 */
export async function enrol(modelName: string, holder: string, effects: EnrolmentEffects): Promise<void> {
  await effects.ping();
  await effects.add(modelName, holder);
  await complete(modelName, effects);
}

/**
 * Takes a holder's enrolment back. When it was the last one, the webhook goes and a sync marks the model's packages as
 * unsynced; they stay.
 */
export async function unenrol(modelName: string, holder: string, effects: EnrolmentEffects): Promise<void> {
  if (!(await effects.remove(modelName, holder))) {
    return;
  }
  const others = await effects.list();
  await effects.removeWebhook(modelName, others.length === 0);
  // Somebody may have enrolled between the look and the removal: this model, or any where one webhook serves all.
  const since = await effects.list();
  for (const { modelName: other } of others.length === 0 ? since : since.filter((one) => one.modelName === modelName)) {
    await complete(other, effects);
  }
  await effects.startSync(modelName);
}

/**
 * Tries again what the registry refused because the models did not exist.
 *
 * @returns how many models wait
 * @throws the first error, after all models had their turn
 */
export async function completePending(effects: EnrolmentEffects): Promise<{ pending: number }> {
  const errors: unknown[] = [];
  const isPending = ({ status }: Enrolment) => status === 'pending';
  const waiting = (await effects.list()).filter(isPending);
  for (const { modelName } of waiting) {
    await complete(modelName, effects).catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) {
    throw errors[0];
  }
  return { pending: waiting.length === 0 ? 0 : (await effects.list()).filter(isPending).length };
}

async function complete(modelName: string, effects: EnrolmentEffects): Promise<void> {
  if ((await effects.ensureWebhook(modelName)) === 'model-missing') {
    await effects.setStatus(modelName, 'pending');
    return;
  }
  const enrolled = await effects.list();
  if (!enrolled.some((one) => one.modelName === modelName)) {
    // Taken back meanwhile.
    await effects.removeWebhook(modelName, enrolled.length === 0);
    return;
  }
  await effects.setStatus(modelName, 'active');
  await effects.startSync(modelName);
}
