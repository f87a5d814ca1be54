import { GetObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Caller } from '../aws-json/caller';
import { lackingInSandbox, reasonOf } from '../aws-json/errors';
import type { Sessions } from '../developer-tools/aws/session';
import { invalidParameters } from './errors';

const typed = z.looseObject({ Type: z.string() });
const templateSchema = z.looseObject({
  Parameters: z.record(z.string(), typed).optional(),
  Resources: z.record(z.string(), typed),
});

/** A product version's template. */
export interface Template {
  /** The address that the administrator gave. */
  readonly url: string;
  /** The same place as MiniStack's CloudFormation finds it. */
  readonly launchUrl: string;
}

interface Place {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads a version's template with the account's rights, as Service Catalog does when the version is made.
 *
 * @throws ServiceError `InvalidParametersException` when it cannot be read, or is no template
 */
export async function readTemplate(sessions: Sessions, caller: Caller, url: string): Promise<Template> {
  const place = placeOf(url, sessions.endpoint);
  if (!place) throw invalidParameters(`Invalid template URL: ${url} is not the address of an object in Amazon S3.`);
  check(await textAt(sessions, caller, place, url), url);
  return { url, launchUrl: `${sessions.endpoint}/${place.bucket}/${place.key}` };
}

/** The object that an address names: S3's in either style, or MiniStack's own. */
export function placeOf(url: string, endpoint: string): Place | undefined {
  const own = url.startsWith(`${endpoint}/`) ? /^([^/]+)\/(.+)$/.exec(url.slice(endpoint.length + 1)) : null;
  const [, bucket, key] =
    own ??
    /^https:\/\/s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?\/([^/]+)\/(.+)$/.exec(url) ??
    /^https:\/\/([^/]+?)\.s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?\/(.+)$/.exec(url) ??
    [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key };
}

async function textAt(sessions: Sessions, caller: Caller, { bucket, key }: Place, url: string): Promise<string> {
  const session = sessions.of(caller);
  try {
    const { Body } = await session.s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await Body?.transformToString('utf8')) ?? '';
  } catch (error) {
    throw invalidParameters(`The template at ${url} cannot be read: ${reasonOf(error)}`);
  } finally {
    session.close();
  }
}

function check(text: string, url: string): void {
  const template = templateSchema.safeParse(jsonOf(text, url));
  if (template.success) return;
  const [issue] = template.error.issues;
  const reason =
    issue?.path.join('.') === 'Resources'
      ? 'At least one Resources member must be defined.'
      : `${issue?.path.join('.') || 'unsupported structure'}: ${issue?.message}`;
  throw invalidParameters(`Template format error in ${url}: ${reason}`);
}

function jsonOf(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (/^\s*(?:[A-Z]\w*:|---|#)/.test(text)) throw lackingInSandbox('Service Catalog', 'templates in YAML');
    throw invalidParameters(`Template format error in ${url}: JSON not well-formed. ${reasonOf(error)}`);
  }
}
