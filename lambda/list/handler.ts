import { enrolments } from '../shared/context/store';
import type { ModelList, SyncRequest } from '../shared/contracts';
import { step } from '../shared/step';
import { parseSyncRequest } from './sync-request';

/** The models that an execution has to sync: the one it was started for, or all enrolled ones. */
export const handler = step<SyncRequest, ModelList>(
  async (event) => {
    const { modelName } = parseSyncRequest(event);
    // A model that is not enrolled (any more) is synced too: its packages are then marked as unsynced.
    const names =
      modelName === undefined ? (await enrolments().list()).map((enrolment) => enrolment.modelName) : [modelName];
    return { models: names.map((name) => ({ modelName: name })) };
  },
  ({ modelName }) => ({ model: modelName ?? 'all' }),
);
