import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  DescribeModelPackageGroupCommand,
  ListTagsCommand,
} from '@aws-sdk/client-sagemaker';
import type { RunModel } from './oracle';
import { OWNER } from './owner';
import type { Stage } from './stories';

/** An object that is not this installation's, as it was before a run. */
export interface Foreign {
  /** ARN or address. */
  readonly id: string;
  readonly before: string;
  readonly look: () => Promise<object>;
}

/**
 * Makes objects that are like this installation's and are not: packages with no mark, another installation's, or ours of another
 * registry, in the models' own groups and in groups beside them, whose names are alike; those groups; and archives at keys like theirs.
 */
export async function makeForeign(stage: Stage, models: readonly RunModel[], count: number): Promise<Foreign[]> {
  const foreign: Foreign[] = [];
  const beside = new Set<string>();
  for (let index = 0; foreign.length < count; index++) {
    const { name, group } = models[index % models.length] ?? { name: '', group: '' };
    const alike = `${group}-2`.slice(-63).replace(/^-+/, '');
    if (!beside.has(alike)) {
      beside.add(alike);
      foreign.push(await makeGroup(stage, alike), await makeArchive(stage, alike));
    }
    foreign.push(await makePackage(stage, index % 2 === 0 ? alike : group, marksOf(name, index)));
  }
  return foreign;
}

/** The foreign objects that are not as they were. */
export async function foreignFaults(foreign: readonly Foreign[]): Promise<string[]> {
  const faults: string[] = [];
  for (const { id, before, look } of foreign) {
    if ((await seen(look)) !== before) {
      faults.push(`${id} is not ours and changed`);
    }
  }
  return faults;
}

function marksOf(name: string, index: number): Record<string, string> | undefined {
  const alike = { mlflow_name: name, mlflow_version: '1', mlflow_registry: 'elsewhere.example.com' };
  const marks = [
    { ...alike, mlflow_mlops_owner: OWNER },
    alike,
    { ...alike, mlflow_mlops_owner: `${OWNER}2` },
    { mlflow_version: '1' },
  ];
  return marks[index % marks.length];
}

async function makeGroup({ aws: { sageMaker } }: Stage, ModelPackageGroupName: string): Promise<Foreign> {
  const { ModelPackageGroupArn: id = '' } = await sageMaker.send(
    new CreateModelPackageGroupCommand({
      ModelPackageGroupName,
      ModelPackageGroupDescription: 'Not of this installation',
      Tags: [{ Key: 'mlflow_name', Value: ModelPackageGroupName }],
    }),
  );
  return known(id, async () => [
    await sageMaker.send(new DescribeModelPackageGroupCommand({ ModelPackageGroupName })),
    await sageMaker.send(new ListTagsCommand({ ResourceArn: id })),
  ]);
}

async function makePackage(
  { aws: { sageMaker } }: Stage,
  ModelPackageGroupName: string,
  CustomerMetadataProperties: Record<string, string> | undefined,
): Promise<Foreign> {
  const { ModelPackageArn: id = '' } = await sageMaker.send(
    new CreateModelPackageCommand({
      ModelPackageGroupName,
      ModelApprovalStatus: 'PendingManualApproval',
      CustomerMetadataProperties,
      InferenceSpecification: {
        Containers: [{ Image: '763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6' }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
    }),
  );
  return known(id, () => sageMaker.send(new DescribeModelPackageCommand({ ModelPackageName: id })));
}

async function makeArchive({ aws: { s3 }, env }: Stage, group: string): Promise<Foreign> {
  const object = { Bucket: env.ARTIFACT_BUCKET, Key: `models/${group}/${'0'.repeat(64)}/model.tar.gz` };
  await s3.send(new PutObjectCommand({ ...object, Body: 'no archive at all' }));
  return known(`s3://${object.Bucket}/${object.Key}`, async () => {
    const { ETag, LastModified, ContentLength } = await s3.send(new HeadObjectCommand(object));
    return { ETag, LastModified, ContentLength };
  });
}

async function known(id: string, look: () => Promise<object>): Promise<Foreign> {
  return { id, before: await seen(look), look };
}

/** What is there, without what is of the call. */
async function seen(look: () => Promise<object>): Promise<string> {
  try {
    return JSON.stringify(await look(), (key, value) => (key === '$metadata' ? undefined : value));
  } catch (error) {
    return String(error);
  }
}
