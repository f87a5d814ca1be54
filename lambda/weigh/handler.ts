import { ledger } from '../shared/context/store';
import type { Weighed, WeighRequest } from '../shared/contracts';
import { measure } from '../shared/metrics';
import { step } from '../shared/step';
import { executionList, SyncFiles } from '../shared/sync-files';
import { weigh } from './weigh';

/** Decides on the deletions that the models of a sync of all put off, and lists the executions that carry them out. */
export const handler = step<WeighRequest, Weighed>(
  async ({ execution }) => {
    const { ruling, models, held } = weigh(execution, await ledger().weigh());
    if (!ruling.go) {
      measure({ counts: { PackagesHeld: held }, about: { execution } });
      return { kind: 'held', reason: ruling.reason };
    }
    if (models.length === 0) {
      return { kind: 'nothing' };
    }
    const list = executionList(models, `${execution}, deletions`, { weighedBy: execution });
    return { kind: 'go', models: models.length, ...(await new SyncFiles(execution).save('deletions.json', list)) };
  },
  ({ execution }) => ({ model: 'all', execution }),
);
