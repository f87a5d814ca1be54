import { randomUUID } from 'node:crypto';
import type { ApprovalResult } from '@aws-sdk/client-codepipeline';
import { ServiceError } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { ActionFailure, type Job, type JobResult } from './job';

type Result = Valid<ApprovalResult>;

/** Seven days (codepipeline/latest/userguide/limits). */
const DEFAULT_MINUTES = 7 * 24 * 60;

/** The longest time that a timer can wait for. */
const TIMER_MAX = 2 ** 31 - 1;

/** The approvals that are waited for, by their tokens. */
export class Approvals {
  private readonly waiting = new Map<string, (result: Result) => void>();

  /** Waits for the answer to an approval action. @throws ActionFailure when it is rejected, or nobody answers in time */
  async ask({ action, configuration, report }: Job): Promise<JobResult> {
    const token = randomUUID();
    const { CustomData: summary, ExternalEntityLink: externalUrl } = configuration;
    report({
      token,
      ...(summary === undefined ? {} : { summary }),
      ...(externalUrl === undefined ? {} : { externalUrl }),
    });
    const minutes = action.timeoutInMinutes ?? DEFAULT_MINUTES;
    const result = await this.answered(token, Math.min(minutes * 60_000, TIMER_MAX));
    if (result === undefined)
      throw new ActionFailure('Timeout', `Nobody approved or rejected within ${minutes} minutes.`);
    if (result.status === 'Rejected') throw new ActionFailure('JobFailed', `Rejected: ${result.summary}`);
    report({ summary: result.summary });
    return {};
  }

  /** @throws ServiceError when nothing waits for an answer with this token */
  answer(token: string, result: Result): void {
    const waiting = this.waiting.get(token);
    if (!waiting) throw new ServiceError('InvalidApprovalTokenException', `The approval token ${token} is not valid.`);
    waiting(result);
  }

  private answered(token: string, milliseconds: number): Promise<Result | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), milliseconds);
      // An approval that nobody answers does not keep the server from ending.
      timer.unref();
      this.waiting.set(token, resolve);
    }).then((result) => {
      this.waiting.delete(token);
      return result as Result | undefined;
    });
  }
}
