import type { CreateProjectInput } from '@aws-sdk/client-codebuild';
import type { Valid } from '../../aws-json/valid';
import { isInline } from './buildspec';
import { invalidInput, notInCodeBuild } from './errors';
import { s3Location } from './s3-source';

/** Where a build's source can come from here: a pipeline's artifacts, an archive in S3, or nowhere. */
const SOURCES = ['CODEPIPELINE', 'S3', 'NO_SOURCE'];

/** Members of a project that would change what a build does and are not here. */
const LACKING = [
  'vpcConfig',
  'fileSystemLocations',
  'buildBatchConfig',
  'secondarySources',
  'secondaryArtifacts',
  'autoRetryLimit',
  'badgeEnabled',
] as const;

/**
 * Checks a project beyond the service model.
 *
 * @throws ServiceError `InvalidInputException`, or 501 for what is not here, by its name
 */
export function checkProject(project: Valid<CreateProjectInput>): void {
  const { source, artifacts, environment } = project;
  if (!SOURCES.includes(source.type)) throw notInCodeBuild(`projects with a source of type ${source.type}`);
  const lacking = LACKING.find((member) => isGiven(project[member]));
  if (lacking) throw notInCodeBuild(`projects with ${lacking}`);
  if (!environment.type.startsWith('LINUX_') && !environment.type.startsWith('ARM_')) {
    throw notInCodeBuild(`environments of type ${environment.type}`);
  }
  for (const { name, type } of environment.environmentVariables ?? []) checkVariable(name, type);
  // API_ProjectArtifacts: CODEPIPELINE is for projects that a pipeline builds, and these have no other artifacts.
  if ((source.type === 'CODEPIPELINE') !== (artifacts.type === 'CODEPIPELINE')) {
    throw invalidInput(
      `Invalid artifacts: artifacts type ${artifacts.type} does not go with source type ${source.type}`,
    );
  }
  if (source.type === 'S3') s3Location(source);
  if (artifacts.type === 'S3') throw notInCodeBuild('artifacts of type S3');
  if (source.type === 'NO_SOURCE' && !isInline(source.buildspec ?? '')) {
    throw invalidInput('Invalid project source: a project without source needs an inline buildspec');
  }
}

/** @throws ServiceError for a variable of a type that is not here */
export function checkVariable(name: string, type: string | undefined): void {
  if (type !== undefined && type !== 'PLAINTEXT') {
    throw notInCodeBuild(`environment variables of type ${type} (${name})`);
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}
