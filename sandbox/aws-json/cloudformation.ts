import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Caller } from './caller';
import { reasonOf } from './errors';
import { answer, readBody } from './http';

type Properties = Readonly<Record<string, unknown>>;

const common = {
  type: z.string(),
  logicalId: z.string(),
  stackName: z.string(),
  account: z.string().regex(/^\d{12}$/),
  region: z.string(),
  properties: z.record(z.string(), z.unknown()).default({}),
};
const requestSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('create'), ...common }),
  z.object({
    action: z.literal('update'),
    ...common,
    oldProperties: z.record(z.string(), z.unknown()).default({}),
    physicalId: z.string(),
  }),
  z.object({ action: z.literal('delete'), ...common, physicalId: z.string() }),
]);

/** A resource of a stack: whose it is, and what the template says of it. */
export interface ResourceRequest {
  readonly caller: Caller;
  readonly logicalId: string;
  readonly stackName: string;
  readonly properties: Properties;
}

/** A resource that is there already. */
export interface ExistingResource extends ResourceRequest {
  readonly physicalId: string;
}

/** What a stack keeps of a resource: what `Ref` and `Fn::GetAtt` answer. */
export interface StackResource {
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A CloudFormation type. What is thrown becomes the reason why the resource failed. */
export interface ResourceHandler {
  create(request: ResourceRequest): StackResource | Promise<StackResource>;
  /** Another physical id than before is a replacement: the former resource is deleted when the stack's update is over. */
  update(request: ExistingResource & { readonly oldProperties: Properties }): StackResource | Promise<StackResource>;
  delete(request: ExistingResource): void | Promise<void>;
}

/** CloudFormation types by their names: `AWS::CodeCommit::Repository`. */
export type ResourceHandlers = ReadonlyMap<string, ResourceHandler>;

/**
 * `POST /_cloudformation`: MiniStack asks for a resource of a type that is made here, and waits for it. Answers 200 with the
 * resource, or 400 with the message that the stack's event shows.
 */
export async function answerResource(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ResourceHandlers,
): Promise<void> {
  const type = { 'content-type': 'application/json' };
  try {
    const outcome = await handle(JSON.parse((await readBody(request)).toString('utf8')), handlers);
    answer(response, 200, type, JSON.stringify(outcome));
  } catch (error) {
    answer(response, 400, type, JSON.stringify({ message: reasonOf(error) }));
  }
}

async function handle(json: unknown, handlers: ResourceHandlers): Promise<StackResource | object> {
  const parsed = requestSchema.safeParse(json);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { account, region, type, ...rest } = parsed.data;
  const handler = handlers.get(type);
  if (!handler) throw new Error(`The resource type ${type} is not made here.`);
  const caller = { account, region };
  switch (rest.action) {
    case 'create':
      return handler.create({ ...rest, caller });
    case 'update':
      return handler.update({ ...rest, caller });
    case 'delete':
      await handler.delete({ ...rest, caller });
      return {};
  }
}
