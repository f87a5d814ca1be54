import { reasonOf } from '../../aws-json/errors';
import type { Credentials } from '../aws/session';
import type { Build } from './build';
import { writeLog } from './build-log';
import { type Buildspec, parseBuildspec } from './buildspec';
import { type BuildFacts, type BuildFolders, type BuildHost, initialEnvironment } from './environment';
import { PhaseFailure } from './failure';
import { buildspecText } from './sources';

/** A build's specification, from its project or its source. @throws PhaseFailure when it cannot be read */
export async function specificationOf({ details }: Build, { source }: BuildFolders): Promise<Buildspec> {
  try {
    return parseBuildspec(await buildspecText(details.source?.buildspec, source));
  } catch (error) {
    throw new PhaseFailure('YAML_FILE_ERROR', reasonOf(error));
  }
}

/**
 * The environment that a build's commands begin with. Of its variables, those of its start (StartBuild, or the pipeline's
 * action) count before those of the project, and these before those of the specification (codebuild/latest/userguide/build-spec-ref.html).
 */
export function environmentOf(
  build: Build,
  host: BuildHost,
  credentials: Credentials,
  spec: Buildspec,
  folders: BuildFolders,
): Record<string, string> {
  for (const [runtime, version] of Object.entries(spec.phases.install?.['runtime-versions'] ?? {})) {
    writeLog(build, `Runtime ${runtime} version ${version} is asked for: the sandbox builds with what the machine has`);
  }
  const given = (build.details.environment?.environmentVariables ?? []).map(({ name, value }) => [name, value]);
  const initial = initialEnvironment(host, factsOf(build), folders, credentials);
  return { ...initial, ...spec.env.variables, ...Object.fromEntries(given) };
}

function factsOf({ details, request: { caller, pipeline }, uuid }: Build): BuildFacts {
  return {
    id: details.id,
    arn: details.arn,
    number: details.buildNumber ?? 0,
    image: details.environment?.image ?? '',
    initiator: details.initiator ?? '',
    project: details.projectName ?? '',
    started: details.startTime ?? new Date(),
    region: caller.region,
    sourceVersion: pipeline?.sourceVersion,
    logStream: uuid,
    encryptionKey: details.encryptionKey ?? '',
  };
}
