import { GetObjectTaggingCommand, ListMultipartUploadsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  DescribeModelPackageCommand,
  type DescribeModelPackageCommandOutput,
} from '@aws-sdk/client-sagemaker';
import { UNUSED_SINCE } from '../../lambda/shared/packing/unused-mark';
import { listPackages } from '../../sandbox/demo/packages';
import { call } from '../../sandbox/demo/registry';
import { countCalls } from './counts';
import type { Stage } from './stories';

const OWNER = 'ModelRepack-ModelSyncStack';

/** A model of a run, and its package group. */
export interface RunModel {
  readonly name: string;
  readonly group: string;
}

/** An object that is not this installation's, as it was before a run. */
interface Foreign {
  readonly arn: string;
  readonly before: string;
}

/** What is wrong after a run whose models were synced last of all; nothing where all is well. */
export async function faultsOf(
  stage: Stage,
  models: readonly RunModel[],
  foreign: readonly Foreign[] = [],
): Promise<string[]> {
  const faults: string[] = [];
  const others = new Set(foreign.map(({ arn }) => arn));
  for (const model of models) {
    faults.push(...(await packageFaults(stage, model, others)), ...(await archiveFaults(stage, model)));
  }
  for (const { arn, before } of foreign) {
    if ((await snapshot(stage, arn)) !== before) {
      faults.push(`the foreign package ${arn} changed`);
    }
  }
  return faults;
}

/** The changes that one more look at each of the models makes; none where all is well. */
export async function writesOfAnotherSync(stage: Stage, models: readonly RunModel[]): Promise<string[]> {
  const counts = await countCalls(stage.env, async () => {
    for (const { name } of models) {
      await stage.sync({ modelName: name, verify: true });
    }
  });
  return Object.keys(counts).filter((action) =>
    /^(sagemaker:(Create|Update|Delete|Add)|s3:(Put|Delete|Abort))/.test(action),
  );
}

/**
 * Objects that are like this installation's and are not: look-alikes in groups beside the models', and in their groups packages
 * with no mark, another installation's, or ours of another registry.
 */
export async function makeForeign(stage: Stage, models: readonly RunModel[], count: number): Promise<Foreign[]> {
  const foreign: Foreign[] = [];
  const made = new Set<string>();
  for (let index = 0; index < count; index++) {
    const { name, group } = models[index % models.length] ?? { name: '', group: '' };
    const alike = { mlflow_name: name, mlflow_version: '1', mlflow_registry: 'elsewhere.example.com' };
    const marks = [
      { ...alike, mlflow_mlops_owner: OWNER },
      alike,
      { ...alike, mlflow_mlops_owner: `${OWNER}2` },
      { mlflow_version: '1' },
    ];
    const beside = index % 2 === 0;
    const target = beside ? `${group}-2`.slice(-63).replace(/^-+/, '') : group;
    if (beside && !made.has(target)) {
      made.add(target);
      await stage.aws.sageMaker.send(new CreateModelPackageGroupCommand({ ModelPackageGroupName: target }));
    }
    const { ModelPackageArn: arn = '' } = await stage.aws.sageMaker.send(
      new CreateModelPackageCommand({
        ModelPackageGroupName: target,
        ModelApprovalStatus: 'PendingManualApproval',
        CustomerMetadataProperties: marks[index % marks.length],
        InferenceSpecification: {
          Containers: [{ Image: `${stage.env.AWS_ACCESS_KEY_ID}.dkr.ecr.us-east-1.amazonaws.com/other:1` }],
          SupportedContentTypes: ['text/csv'],
          SupportedResponseMIMETypes: ['text/csv'],
        },
      }),
    );
    foreign.push({ arn, before: await snapshot(stage, arn) });
  }
  return foreign;
}

async function snapshot(stage: Stage, arn: string): Promise<string> {
  try {
    const described: Partial<DescribeModelPackageCommandOutput> = await stage.aws.sageMaker.send(
      new DescribeModelPackageCommand({ ModelPackageName: arn }),
    );
    const { $metadata: _answer, ...content } = described;
    return JSON.stringify(content);
  } catch (error) {
    return String(error);
  }
}

/** What the registry says must be there, one package for each promoted version, told from MLflow's own answers. */
async function wanted(stage: Stage, name: string): Promise<string[]> {
  const quoted = name.includes("'") ? `"${name}"` : `'${name}'`;
  const { model_versions: versions = [] } = (await call(
    stage.env,
    'GET',
    `model-versions/search?${new URLSearchParams({ filter: `name=${quoted}`, max_results: '1000' })}`,
  )) as { model_versions?: { version: string; current_stage: string; run_id?: string }[] };
  const aliases = versions.length === 0 ? [] : await aliasesOf(stage, name);
  return versions
    .map(({ version, current_stage: atStage }) => {
      const has = (alias: string) =>
        aliases.some((one) => one.alias === alias && String(one.version) === String(version));
      const environments = [
        ...(atStage === 'Staging' || has('staging') ? ['Staging'] : []),
        ...(atStage === 'Production' || has('production') ? ['Production'] : []),
      ];
      return environments.length === 0 ? '' : `${version} in ${environments.join(' ')}, ${atStage}`;
    })
    .filter((line) => line !== '')
    .sort();
}

async function aliasesOf(stage: Stage, name: string): Promise<{ alias: string; version: string | number }[]> {
  const { registered_model: model } = (await call(
    stage.env,
    'GET',
    `registered-models/get?${new URLSearchParams({ name })}`,
  )) as { registered_model: { aliases?: { alias: string; version: string | number }[] } };
  return model.aliases ?? [];
}

async function packageFaults(stage: Stage, { name, group }: RunModel, foreign: ReadonlySet<string>): Promise<string[]> {
  const packages = (await listPackages(stage.aws, group)).filter(({ arn }) => !foreign.has(arn));
  const found = packages
    .map(
      ({ metadata }) =>
        `${metadata.mlflow_version} in ${metadata.mlflow_environments ?? ''}, ${metadata.mlflow_current_stage}`,
    )
    .sort();
  const expected = await wanted(stage, name);
  const strange = packages.filter(
    ({ metadata }) => metadata.mlflow_name !== name || metadata.mlflow_mlops_owner !== OWNER,
  );
  return [
    ...(JSON.stringify(found) === JSON.stringify(expected)
      ? []
      : [`${name} wants ${JSON.stringify(expected)} and has ${JSON.stringify(found)}`]),
    ...strange.map(({ arn }) => `${arn} is neither ours nor known before`),
  ];
}

async function archiveFaults(stage: Stage, { group }: RunModel): Promise<string[]> {
  const Bucket = stage.env.ARTIFACT_BUCKET;
  const Prefix = `models/${group}/`;
  const urls = (await listPackages(stage.aws, group)).map(
    ({ described }) => described.InferenceSpecification?.Containers?.[0]?.ModelDataUrl ?? '',
  );
  const faults: string[] = [];
  for await (const { Contents } of paginateListObjectsV2({ client: stage.aws.s3 }, { Bucket, Prefix })) {
    for (const { Key = '' } of Contents ?? []) {
      if (!urls.some((url) => url.endsWith(`/${Key}`))) {
        const { TagSet } = await stage.aws.s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
        const marked = (TagSet ?? []).some((tag) => tag.Key === UNUSED_SINCE);
        faults.push(...(marked ? [] : [`${Key} belongs to no package and is not marked`]));
      }
    }
  }
  const { Uploads } = await stage.aws.s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
  return [...faults, ...(Uploads ?? []).map(({ Key }) => `an upload of ${Key} is open`)];
}
