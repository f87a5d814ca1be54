import { GetObjectTaggingCommand, ListMultipartUploadsCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { UNUSED_SINCE } from '../../lambda/shared/packing/unused-mark';
import { listPackages } from '../../sandbox/demo/packages';
import { call } from '../../sandbox/demo/registry';
import { countCalls } from './counts';
import { type Foreign, foreignFaults } from './foreign';
import { OWNER } from './owner';
import type { Stage } from './stories';

/** A model of a run, and its package group. */
export interface RunModel {
  readonly name: string;
  readonly group: string;
}

/** What is wrong after a run whose models were synced last of all; nothing where all is well. */
export async function faultsOf(
  stage: Stage,
  models: readonly RunModel[],
  foreign: readonly Foreign[] = [],
): Promise<string[]> {
  const faults: string[] = [];
  const others = new Set(foreign.map(({ id }) => id));
  for (const model of models) {
    faults.push(...(await packageFaults(stage, model, others)), ...(await archiveFaults(stage, model)));
  }
  return [...faults, ...(await foreignFaults(foreign))];
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
