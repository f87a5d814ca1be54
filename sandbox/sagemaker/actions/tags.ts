import type { AddTagsInput, DeleteTagsInput, ListTagsInput, Tag } from '@aws-sdk/client-sagemaker';
import { validationException } from '../../aws-json/errors';
import type { Valid } from '../../aws-json/valid';
import { resourceOf } from '../arn';
import { findEndpoint, findEndpointConfig, findGroup, findModel } from '../find';
import type { AccountState } from '../state';
import type { ActionContext } from './context';

/** Tags that a resource can have (Tagging AWS resources: 50 a resource, `aws:` is AWS's own). */
const MAX_TAGS = 50;

/**
 * The tags of a Create action as a map.
 *
 * @throws ServiceError `ValidationException` for a key given twice or one of AWS's own
 */
export function tagMap(tags: readonly Valid<Tag>[] | undefined): Map<string, string> {
  const map = new Map<string, string>();
  for (const { Key, Value } of tags ?? []) {
    if (map.has(Key)) throw validationException(`Duplicate tag keys found: ${Key}.`);
    if (Key.toLowerCase().startsWith('aws:'))
      throw validationException('aws: prefixed tag key names are not allowed for external use.');
    map.set(Key, Value);
  }
  return map;
}

/** AddTags: overwrites the value of a key that is there (API_AddTags), answers all tags of the resource. */
export function addTags(input: Valid<AddTagsInput>, { state }: ActionContext) {
  const tags = tagsOf(state, input.ResourceArn);
  const added = tagMap(input.Tags);
  const count = new Set([...tags.keys(), ...added.keys()]).size;
  if (count > MAX_TAGS) throw validationException(`A resource has at most ${MAX_TAGS} tags; this would make ${count}.`);
  for (const [key, value] of added) tags.set(key, value);
  return { Tags: tagList(tags) };
}

/** ListTags: a resource has 50 tags at most and 50 is the smallest page, so there is never a second one. */
export function listTags(input: Valid<ListTagsInput>, { state }: ActionContext) {
  if (input.NextToken !== undefined) throw validationException('Invalid NextToken: it does not belong to this list.');
  return { Tags: tagList(tagsOf(state, input.ResourceArn)) };
}

/** Takes tags away, as a stack's update does: a key that is not there is no error. */
export function deleteTags(input: Valid<DeleteTagsInput>, { state }: ActionContext): void {
  const tags = tagsOf(state, input.ResourceArn);
  for (const key of input.TagKeys) tags.delete(key);
}

/** The tags of a resource by ARN. A versioned package has none of its own: its group has (API_CreateModelPackage, Tags). */
function tagsOf(state: AccountState, arn: string): Map<string, string> {
  const { type, name } = resourceOf(arn) ?? { type: '', name: '' };
  switch (type) {
    case 'model-package-group':
      return findGroup(state, arn).tags;
    case 'model-package':
      throw validationException(`Versioned model packages do not support tags: ${arn}`);
    case 'model':
      return findModel(state, name).tags;
    case 'endpoint-config':
      return findEndpointConfig(state, name).tags;
    case 'endpoint':
      return findEndpoint(state, name).tags;
    default:
      throw validationException(`Resource ${arn} does not exist or cannot be tagged here.`);
  }
}

function tagList(tags: ReadonlyMap<string, string>) {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
