import { randomBytes } from 'node:crypto';
import type { ResourceRequest } from '../../aws-json/cloudformation';
import type { Faults } from '../../aws-json/faults';
import { inputOf } from '../../aws-json/properties';
import type { ServiceModel } from '../../aws-json/service-model';
import { refuseUnsupported } from '../../aws-json/unsupported';
import type { Action, ActionContext } from '../actions/context';
import { addTags, deleteTags } from '../actions/tags';
import { UNSUPPORTED } from '../unsupported';

/** What all types of hosting work with. */
export interface HostingDependencies {
  readonly model: ServiceModel;
  /** What SageMaker's actions work with, for a stack's account and region. */
  readonly contextOf: (caller: ResourceRequest['caller']) => ActionContext;
  /** The faults that calls meet, whoever makes them. */
  readonly faults: Faults;
}

type Properties = ResourceRequest['properties'];

/** Names of models, configurations and endpoints have 63 characters at most. */
const MAX_NAME = 63;
const RANDOM_BYTES = 6;

/**
 * The name of a resource: the template's own, or one as CloudFormation makes it, `<stack>-<logical id>-<random>`, cut to what
 * SageMaker takes.
 */
export function nameOf(given: unknown, { stackName, logicalId }: ResourceRequest): string {
  if (typeof given === 'string') return given;
  const random = randomBytes(RANDOM_BYTES).toString('hex');
  const prefix = `${stackName}-${logicalId}`.slice(0, MAX_NAME - random.length - 1).replace(/-+$/, '');
  return `${prefix}-${random}`;
}

/**
 * Does for CloudFormation what a caller of the action gets: the same checks, the same words.
 *
 * @param action an action's name and what does it
 * @param properties the resource's, as the template has them
 */
export async function perform(
  { model, faults }: HostingDependencies,
  [name, action]: readonly [string, Action],
  properties: Properties,
  context: ActionContext,
): Promise<void> {
  const input = inputOf(model, `${name}Input`, properties);
  refuseUnsupported('SageMaker', name, UNSUPPORTED, input);
  await faults.around(name, context.caller, () => action(input as never, context));
}

/** Makes the tags of a resource those of the template; tags from elsewhere stay. */
export function updateTags(
  { model }: HostingDependencies,
  arn: string,
  before: Properties,
  after: Properties,
  context: ActionContext,
): void {
  const tags = inputOf(model, 'AddTagsInput', { ResourceArn: arn, Tags: after.Tags ?? [] }) as Parameters<
    typeof addTags
  >[0];
  const kept = new Set(tags.Tags.map(({ Key }) => Key));
  const TagKeys = keysOf(before.Tags).filter((key) => !kept.has(key));
  if (TagKeys.length > 0) deleteTags({ ResourceArn: arn, TagKeys }, context);
  if (tags.Tags.length > 0) addTags(tags, context);
}

function keysOf(tags: unknown): string[] {
  return Array.isArray(tags) ? tags.map(({ Key }: { Key: unknown }) => String(Key)) : [];
}

/** Whether a property is another one than before. */
export function changed(before: Properties, after: Properties, ...names: readonly string[]): boolean {
  return names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
