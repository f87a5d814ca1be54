import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { reasonOf } from '../../aws-json/errors';
import { answer, readBody } from '../../aws-json/http';
import type { ReferenceChange } from './changes';
import type { CodeCommit } from './codecommit';

const pushSchema = z.object({
  repository: z.uuid(),
  changes: z.array(z.object({ ref: z.string(), before: z.string(), after: z.string() })),
});

/** `POST /_sandbox/pushes`: a repository's hook tells of a push; answered when the events are on the bus. */
export async function answerPush(
  request: IncomingMessage,
  response: ServerResponse,
  codeCommit: CodeCommit,
): Promise<void> {
  try {
    const push: { repository: string; changes: ReferenceChange[] } = pushSchema.parse(
      JSON.parse((await readBody(request)).toString('utf8')),
    );
    await codeCommit.pushed(push.repository, push.changes);
    answer(response, 200, { 'content-type': 'application/json' }, '{}');
  } catch (error) {
    answer(response, 400, { 'content-type': 'text/plain' }, reasonOf(error));
  }
}
