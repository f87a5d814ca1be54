import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../aws-json/errors';
import type { Session, Sessions } from '../aws/session';
import type { Build, BuildEnd } from './build';
import { writeLog } from './build-log';
import type { Buildspec } from './buildspec';
import type { BuildFolders, BuildHost } from './environment';
import { PhaseFailure } from './failure';
import { writePlan } from './plan';
import { environmentOf, specificationOf } from './prepare';
import { startShell } from './shell';
import { phasesUnderWay, showReport } from './show-report';
import { fetchSource } from './sources';
import { uploadArtifact } from './upload';
import { makeWorkspace } from './workspace';

/** What builds run with. */
export interface BuildTools {
  /** An interpreter for the guard of each build's processes. */
  readonly python: string;
  readonly sessions: Sessions;
  readonly host: BuildHost;
}

/**
 * Runs a build to its end, phase by phase (codebuild/latest/userguide/view-build-details-phases). Never throws: what goes wrong
 * is the build's own failure.
 */
export async function runBuild(build: Build, tools: BuildTools): Promise<void> {
  const workspace = await makeWorkspace();
  const status = await statusOf(build, tools, workspace);
  build.begin('FINALIZING');
  // Whoever sees the build complete finds nothing of it any more but its log.
  await rm(workspace, { recursive: true, force: true, maxRetries: 3 });
  build.end('SUCCEEDED');
  writeLog(build, `Build ${status}`);
  build.complete(status);
}

async function statusOf(build: Build, tools: BuildTools, workspace: string): Promise<BuildEnd> {
  let session: Session | undefined;
  try {
    session = await provision(build, tools.sessions);
    return (await runPhases(build, tools, session, workspace)) ? 'FAILED' : 'SUCCEEDED';
  } catch (error) {
    const statusCode = error instanceof PhaseFailure ? error.code : 'CLIENT_ERROR';
    writeLog(build, `${statusCode}: ${reasonOf(error)}`);
    if (build.ordered) build.end(build.ordered, build.orderedContexts);
    else build.end('FAILED', [{ statusCode, message: reasonOf(error) }]);
    return build.ordered ?? 'FAILED';
  } finally {
    session?.close();
  }
}

async function provision(build: Build, sessions: Sessions): Promise<Session> {
  const { caller, project } = build.request;
  build.begin('SUBMITTED');
  build.end('SUCCEEDED');
  build.begin('PROVISIONING');
  if (project.details.environment.privilegedMode === true) {
    throw new PhaseFailure('CLIENT_ERROR', 'the sandbox has no Docker, which privileged builds need');
  }
  try {
    const session = await sessions.assume(caller, project.details.serviceRole, `AWSCodeBuild-${build.uuid}`);
    build.end('SUCCEEDED');
    return session;
  } catch (error) {
    throw new PhaseFailure('ACCESS_DENIED', `Error calling sts:AssumeRole: ${reasonOf(error)}`);
  }
}

/** @returns whether a command failed */
async function runPhases(build: Build, tools: BuildTools, session: Session, workspace: string): Promise<boolean> {
  build.begin('DOWNLOAD_SOURCE');
  const folders = await fetchSource(build, session, workspace);
  const spec = await specificationOf(build, folders);
  const environment = environmentOf(build, tools.host, session.credentials, spec, folders);
  const plan = join(workspace, 'plan');
  await writePlan(spec, plan);
  refuseOrdered(build);
  build.end('SUCCEEDED');
  const failed = await runCommands(build, tools.python, spec, plan, folders, environment);
  build.begin('UPLOAD_ARTIFACTS');
  await uploaded(build, spec, folders, session, workspace, failed);
  build.end('SUCCEEDED');
  return failed;
}

async function runCommands(
  build: Build,
  python: string,
  spec: Buildspec,
  plan: string,
  { source }: BuildFolders,
  environment: Readonly<Record<string, string>>,
): Promise<boolean> {
  const shell = startShell(python, plan, source, environment, build.logFile);
  build.interrupt = shell.stop;
  build.underWay = () => phasesUnderWay(plan);
  const code = await shell.ended;
  build.underWay = () => [];
  const failed = showReport(build, spec, plan);
  refuseOrdered(build);
  if (code !== 0 && !failed) {
    build.begin('BUILD');
    throw new PhaseFailure('COMMAND_EXECUTION_ERROR', `the shell of the build ended with exit status ${code}`);
  }
  return failed;
}

/** As in CodeBuild, artifacts are looked for after a failure too; that there are none then is no second failure. */
async function uploaded(
  build: Build,
  spec: Buildspec,
  { source }: BuildFolders,
  session: Session,
  workspace: string,
  failedBefore: boolean,
): Promise<void> {
  const artifact = build.request.pipeline?.output;
  try {
    if (artifact) await uploadArtifact(spec, source, artifact, session, workspace);
  } catch (error) {
    if (!failedBefore) throw error;
    writeLog(build, reasonOf(error));
  }
}

function refuseOrdered({ ordered }: Build): void {
  if (ordered !== undefined) throw new PhaseFailure(ordered, `the build was ${ordered}`);
}
