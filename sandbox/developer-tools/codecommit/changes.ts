import type { ServiceEvent } from '../../aws-json/events';
import { arnOf } from './arn';
import type { Repository } from './repositories';

/** What git says of a reference that a push changed. */
export interface ReferenceChange {
  readonly ref: string;
  /** Commits before and after; all zeros where there is none. */
  readonly before: string;
  readonly after: string;
}

const NONE = /^0+$/;

/**
 * `CodeCommit Repository State Change`, with the members of AWS's samples (codecommit/latest/userguide/monitoring-events);
 * undefined for a reference that is neither a branch nor a tag.
 */
export function changeEvent(repository: Repository, { ref, before, after }: ReferenceChange): ServiceEvent | undefined {
  const [, kind, referenceName] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  if (kind === undefined) return undefined;
  const event = NONE.test(before) ? 'referenceCreated' : NONE.test(after) ? 'referenceDeleted' : 'referenceUpdated';
  return {
    detailType: 'CodeCommit Repository State Change',
    resource: arnOf(repository),
    detail: {
      event,
      repositoryName: repository.name,
      repositoryId: repository.id,
      referenceType: kind === 'heads' ? 'branch' : 'tag',
      referenceName,
      referenceFullName: ref,
      callerUserArn: `arn:aws:iam::${repository.owner.account}:root`,
      ...(NONE.test(after) ? {} : { commitId: after }),
      ...(NONE.test(before) ? {} : { oldCommitId: before }),
    },
  };
}
