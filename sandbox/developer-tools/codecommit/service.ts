import type { JsonService } from '../../aws-json/service';
import type { ServiceModel } from '../../aws-json/service-model';
import { CODE_COMMIT_ACTIONS, type CodeCommitContext } from './actions';
import type { CodeCommit } from './codecommit';

/** CodeCommit over AWS JSON. */
export function codeCommitService(model: ServiceModel, codeCommit: CodeCommit): JsonService<CodeCommitContext> {
  return {
    name: 'CodeCommit',
    model,
    signingName: 'codecommit',
    targetPrefix: 'CodeCommit_20150413',
    actions: CODE_COMMIT_ACTIONS,
    contextOf: (caller) => ({ caller, codeCommit }),
  };
}
