import { readImageOverrides } from '../packaging/choice-settings';
import { modelPackages } from '../shared/context/packages';
import { registry } from '../shared/context/registry';
import { enrolments, ledger } from '../shared/context/store';
import type { ListRequest, ModelList } from '../shared/contracts';
import { requireEnv } from '../shared/env';
import { measure } from '../shared/metrics';
import { step } from '../shared/step';
import { SyncFiles } from '../shared/sync-files';
import { type Effects, findChanged } from './find-changed';
import { parseSyncRequest } from './sync-request';

/**
 * How long one invocation reads, in milliseconds: what a fault undoes is no more than that, since the step is tried again from
 * where the invocation before it stopped.
 */
const READ_MS = 4 * 60 * 1000;

/** The models that an execution has to sync: the one it was started for, or of the enrolled ones those that changed. */
export const handler = step<ListRequest, ModelList>(
  async ({ request, execution, part = 0 }) => {
    const { modelName, ...asked } = parseSyncRequest(request);
    return modelName === undefined
      ? measured(execution, await findChanged({ execution, part, ...asked }, effects(execution)))
      : { kind: 'one', modelName, ...asked };
  },
  ({ request, execution }) => ({ model: (request as { modelName?: unknown }).modelName ?? 'all', execution }),
);

/** Measures what a sync of all found, once everything was read. */
function measured(execution: string, list: ModelList): ModelList {
  if (list.kind === 'many') {
    measure({ counts: { ModelsEnrolled: list.enrolled, ModelsChanged: list.changed }, about: { execution } });
  }
  return list;
}

function effects(execution: string): Effects {
  const files = new SyncFiles(execution);
  const end = Date.now() + READ_MS;
  return {
    enrolled: async () => (await enrolments().list()).map(({ modelName }) => modelName),
    registries: async () => {
      const [source, overrides] = await Promise.all([registry(), readImageOverrides()]);
      return {
        context: { revision: requireEnv('REVISION'), registryId: source.id, owner: requireEnv('OWNER'), overrides },
        registries: {
          modelsPage: (token) => source.modelsPage(token),
          versionsPage: (token) => source.versionsPage(token),
          versionsOf: (name) => source.listVersions(name),
          packagesPage: (token) => modelPackages().page(token),
          packagesOf: (groupName) => modelPackages().listed(groupName),
        },
      };
    },
    ledger: () => ledger().entries(),
    save: (file, text) => files.save(file, text),
    load: (file) => files.load(file),
    hasTime: () => Date.now() < end,
    now: Date.now,
  };
}
