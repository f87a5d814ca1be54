import { isPromoted } from '../../../lambda/shared/environments';
import { groupNameOf } from '../../../lambda/shared/names/group-name';
import { decodeMetadataText } from '../../../lambda/shared/packages/metadata-text';
import { supersededAt } from '../../../lambda/shared/packages/superseded';
import { UNUSED_SINCE } from '../../../lambda/shared/packing/unused-mark';
import { OWNER } from '../owner';
import type { StoredPackage } from './sagemaker';
import type { World } from './world';

/** What is wrong with a world that has come to rest after a sync; nothing where all is well. */
export async function faultsOf(world: World, foreign: readonly StoredPackage[]): Promise<string[]> {
  return [
    ...packagesThatDiffer(world),
    ...foreignThatChanged(world, foreign),
    ...archivesWithoutOwner(world),
    ...usedArchivesWithMark(world),
    ...[...world.bucket.uploads.values()].map((key) => `an upload of ${key} is open`),
    ...[...world.executions].filter(([, { status }]) => status === 'RUNNING').map(([name]) => `${name} runs`),
    ...[...world.table.items.values()].filter(({ pk }) => pk === 'CLAIM').map(({ sk }) => `a claim on ${sk} stands`),
  ];
}

/** Objects that are like this installation's and are not: they must stay as they are. */
export function foreignPackages(world: World, names: readonly string[], count: number): StoredPackage[] {
  for (let index = 0; index < count; index++) {
    const name = names[index % names.length] ?? '';
    const group = index % 3 === 0 ? `${groupNameOf(name)}-2` : groupNameOf(name);
    if (!world.sageMaker.groups.has(group)) {
      world.sageMaker.createGroup({
        ModelPackageGroupName: group,
        Tags: group === groupNameOf(name) ? [{ Key: 'mlflow_mlops_owner', Value: OWNER }] : [],
      });
    }
    world.sageMaker.create({
      ModelPackageGroupName: group,
      ModelApprovalStatus: 'Approved',
      CustomerMetadataProperties: foreignMetadata(name, index),
    });
  }
  return structuredClone([...world.sageMaker.packages.values()]);
}

/** Nobody's, another installation's, ours of another registry; a look-alike's group makes even our own mark foreign. */
function foreignMetadata(name: string, index: number): Record<string, string> {
  const alike = { mlflow_name: 'model', mlflow_version: '1', mlflow_registry: 'mlflow.example.com' };
  const marks = [
    { ...alike, mlflow_mlops_owner: OWNER },
    alike,
    { ...alike, mlflow_mlops_owner: `${OWNER}2` },
    { ...alike, mlflow_mlops_owner: OWNER, mlflow_registry: 'elsewhere.example.com' },
    {},
  ];
  // Every third is in a group that is not the model's.
  return (index % 3 === 0 ? marks[0] : marks[1 + (index % 4)]) ?? { mlflow_name: name };
}

function packagesThatDiffer(world: World): string[] {
  return world.enrolled.flatMap((name) => {
    const wanted = world.mlflow
      .versionsOf(name)
      .filter(isPromoted)
      .map(({ version, runId, creationTimestamp, stage, aliases, description, tags }) =>
        said(
          version,
          runId,
          String(creationTimestamp),
          stage,
          [...aliases].sort().join(' '),
          description,
          tags.team ?? '',
        ),
      )
      .sort();
    const found = ownedIn(world, groupNameOf(name))
      .filter(({ metadata }) => supersededAt(metadata) === undefined)
      .map(({ metadata }) =>
        said(
          ...['version', 'run_id', 'creation_timestamp', 'current_stage'].map((key) => text(metadata, key)),
          text(metadata, 'aliases').split(/[ ,]+/).sort().join(' '),
          ...['description', 'tag_team'].map((key) => text(metadata, key)),
        ),
      )
      .sort();
    return JSON.stringify(wanted) === JSON.stringify(found)
      ? []
      : [`${name} wants ${JSON.stringify(wanted)} and has ${JSON.stringify(found)}`];
  });
}

function said(...parts: string[]): string {
  return parts.join('|');
}

function text(metadata: Record<string, string>, key: string): string {
  return decodeMetadataText(metadata[`mlflow_${key}`] ?? '');
}

export function ownedIn(world: World, group: string): StoredPackage[] {
  return [...world.sageMaker.packages.values()].filter(
    (one) =>
      one.group === group &&
      one.metadata.mlflow_mlops_owner === OWNER &&
      one.metadata.mlflow_registry === 'mlflow.example.com',
  );
}

function foreignThatChanged(world: World, foreign: readonly StoredPackage[]): string[] {
  return foreign
    .filter((before) => JSON.stringify(world.sageMaker.packages.get(before.arn)) !== JSON.stringify(before))
    .map(({ arn }) => `the foreign package ${arn} changed`);
}

/** Enrolled models whose packages are not as they were when somebody was last told of a sync of them: no pipeline looks at them. */
export function untold(world: World): string[] {
  const said = (packages: readonly StoredPackage[]) =>
    JSON.stringify(packages.map(({ arn, metadata }) => [arn, metadata]));
  return world.enrolled
    .filter((name) => said(ownedIn(world, groupNameOf(name))) !== said(world.told.get(name) ?? []))
    .map((name) => `nobody was told of ${name}`);
}

function archivesWithoutOwner(world: World): string[] {
  return archives(world)
    .filter(({ used, marked }) => !used && !marked)
    .map(({ key }) => `the archive ${key} belongs to no package and is not marked`);
}

function usedArchivesWithMark(world: World): string[] {
  return archives(world)
    .filter(({ used, marked }) => used && marked)
    .map(({ key }) => `the archive ${key} belongs to a package and is marked`);
}

function archives(world: World): { key: string; used: boolean; marked: boolean }[] {
  const urls = [...world.sageMaker.packages.values()].map(({ containers }) => containers?.[0]?.ModelDataUrl ?? '');
  return [...world.bucket.objects]
    .filter(([key]) => key.startsWith('models/'))
    .map(([key, { tags }]) => ({
      key,
      used: urls.some((url) => url.endsWith(`/${key}`)),
      marked: tags.some(({ Key }) => Key === UNUSED_SINCE),
    }));
}
