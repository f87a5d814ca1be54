import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capability, Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { download } from '../../aws/objects';
import type { Session } from '../../aws/session';
import { randomText } from '../../names';
import { readEntry } from '../../zip/unpack';
import { ActionFailure, type Job } from '../job';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const configurationSchema = z.strictObject({
  Parameters: z.record(z.string(), text).default({}),
  Tags: z.record(z.string(), text).default({}),
});

/** What CloudFormation is asked with, for a stack as for a change set. */
export interface TemplateRequest {
  readonly TemplateURL: string;
  readonly Parameters: Parameter[];
  readonly Tags: Tag[];
  readonly Capabilities: Capability[];
  readonly RoleARN: string | undefined;
}

/**
 * Reads what an action deploys out of its artifacts.
 *
 * @throws ActionFailure when a file is not in its artifact, or is not what it should be
 */
export async function templateRequest(job: Job, session: Session): Promise<TemplateRequest> {
  const { TemplatePath: path = '', TemplateConfiguration, Capabilities, RoleArn } = job.configuration;
  const { Parameters, Tags } = await configurationOf(job, session, TemplateConfiguration);
  return {
    TemplateURL: await addressOf(job, session, await readFromArtifact(job, session, path)),
    Parameters: Object.entries(Parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
    Tags: Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: (Capabilities ?? '').split(',').filter((name) => name !== '') as Capability[],
    RoleARN: RoleArn,
  };
}

/** Puts a template beside the artifacts, since a request takes a short one only. */
async function addressOf({ inputs, pipelineName }: Job, session: Session, body: string): Promise<string> {
  const Bucket = inputs[0]?.location.bucket ?? '';
  const Key = `${pipelineName.slice(0, 20)}/templates/${randomText(7)}`;
  await session.s3.send(new PutObjectCommand({ Bucket, Key, Body: body }));
  return `${session.endpoint}/${Bucket}/${Key}`;
}

async function configurationOf(job: Job, session: Session, path: string | undefined) {
  if (path === undefined) return configurationSchema.parse({});
  const parsed = configurationSchema.safeParse(jsonOf(await readFromArtifact(job, session, path), path));
  if (parsed.success) return parsed.data;
  throw new ActionFailure(
    'ConfigurationError',
    `The template configuration ${path} cannot be read: ${z.prettifyError(parsed.error)}`,
  );
}

function jsonOf(json: string, what: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ActionFailure('ConfigurationError', `${what} is no JSON: ${String(error)}`);
  }
}

/** The text of `Artifact::path`. */
async function readFromArtifact({ inputs }: Job, session: Session, path: string): Promise<string> {
  const [name = '', file = ''] = path.split('::');
  const artifact = inputs.find((each) => each.name === name);
  if (!artifact || file === '') {
    throw new ActionFailure('ConfigurationError', `${path} does not name a file in an input artifact of the action.`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'artifact-'));
  try {
    const archive = join(folder, 'artifact.zip');
    await download(session, artifact.location, archive);
    const found = await readEntry(archive, file);
    if (found === undefined)
      throw new ActionFailure('ConfigurationError', `File ${file} does not exist in artifact ${name}.`);
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
