import type { Build as BuildDetails, BuildPhase, EnvironmentVariable, PhaseContext } from '@aws-sdk/client-codebuild';
import type { Caller } from '../../aws-json/caller';
import type { Valid } from '../../aws-json/valid';
import type { S3Location } from '../aws/objects';
import type { Project } from './projects';

/** An artifact of a pipeline. */
export interface PipelineArtifact {
  readonly name: string;
  readonly location: S3Location;
}

/** What a pipeline gives a build and wants of it. */
interface PipelineBuild {
  readonly source: PipelineArtifact | undefined;
  readonly output: PipelineArtifact | undefined;
  readonly sourceVersion: string | undefined;
}

/** What a build is started with. */
export interface BuildRequest {
  readonly caller: Caller;
  readonly project: Project;
  /** Who started it, as CODEBUILD_INITIATOR says. */
  readonly initiator: string;
  readonly variables: readonly Valid<EnvironmentVariable>[];
  /** @default the project's */
  readonly timeoutInMinutes?: number | undefined;
  readonly pipeline?: PipelineBuild | undefined;
}

/** How a build can end. */
export type BuildEnd = 'SUCCEEDED' | 'FAILED' | 'STOPPED' | 'TIMED_OUT' | 'FAULT';

/** A build: what BatchGetBuilds answers, with its request and the file of its log. */
export class Build {
  readonly details: BuildDetails & { readonly id: string; readonly arn: string };
  /** How it is to end before its time. */
  ordered: 'STOPPED' | 'TIMED_OUT' | undefined;
  /** Ends its processes, while it has some. */
  interrupt: () => void = () => undefined;
  /** The phases that its shell has gone through so far, while it has one. */
  underWay: () => BuildPhase[] = () => [];

  constructor(
    readonly request: BuildRequest,
    readonly uuid: string,
    readonly logFile: string,
    number: number,
  ) {
    const { caller, project, initiator } = request;
    const { details } = project;
    const id = `${details.name}:${uuid}`;
    this.details = {
      id,
      arn: `arn:aws:codebuild:${caller.region}:${caller.account}:build/${id}`,
      buildNumber: number,
      startTime: new Date(),
      currentPhase: 'SUBMITTED',
      buildStatus: 'IN_PROGRESS',
      buildComplete: false,
      projectName: details.name,
      initiator,
      phases: [],
      source: details.source,
      artifacts: { location: '' },
      environment: { ...details.environment, environmentVariables: variablesOf(request) },
      serviceRole: details.serviceRole,
      encryptionKey: details.encryptionKey ?? `arn:aws:kms:${caller.region}:${caller.account}:alias/aws/s3`,
      timeoutInMinutes: request.timeoutInMinutes ?? details.timeoutInMinutes,
      queuedTimeoutInMinutes: details.queuedTimeoutInMinutes,
      logs: { groupName: `/aws/codebuild/${details.name}`, streamName: uuid, deepLink: `file://${logFile}` },
      sourceVersion: request.pipeline?.sourceVersion,
      resolvedSourceVersion: request.pipeline?.sourceVersion,
    };
  }

  get phases(): BuildPhase[] {
    return this.details.phases ?? [];
  }

  /** Begins a phase; the one before it must have ended. */
  begin(phaseType: NonNullable<BuildPhase['phaseType']>, startTime = new Date()): void {
    this.details.currentPhase = phaseType;
    this.phases.push({ phaseType, startTime });
  }

  /** Ends the phase that is in progress. */
  end(phaseStatus: NonNullable<BuildPhase['phaseStatus']>, contexts: PhaseContext[] = [], endTime = new Date()): void {
    const phase = this.phases.at(-1);
    if (!phase || phase.phaseStatus !== undefined) return;
    const seconds = Math.max(0, Math.round((endTime.getTime() - (phase.startTime ?? endTime).getTime()) / 1000));
    Object.assign(phase, { phaseStatus, endTime, durationInSeconds: seconds, contexts });
  }

  /** Ends the build. */
  complete(status: BuildEnd): void {
    this.details.buildStatus = status;
    this.details.endTime = new Date();
    this.begin('COMPLETED');
    this.details.buildComplete = true;
  }

  /** What a phase says that was ended before its time. */
  get orderedContexts(): PhaseContext[] {
    return this.ordered === 'TIMED_OUT' ? [{ statusCode: 'BUILD_TIMED_OUT', message: 'Build has timed out. ' }] : [];
  }

  /** What BatchGetBuilds answers now. */
  describe(): BuildDetails {
    const phases = [...this.phases, ...this.underWay()];
    return { ...this.details, phases, currentPhase: phases.at(-1)?.phaseType ?? this.details.currentPhase };
  }

  /** The first phase that did not succeed, in the words in which CodePipeline tells it. */
  get failure(): string | undefined {
    const failed = this.phases.find(({ phaseStatus }) => phaseStatus !== undefined && phaseStatus !== 'SUCCEEDED');
    if (!failed) return undefined;
    const [context] = failed.contexts ?? [];
    const why = context ? `, Code: ${context.statusCode}, Message: ${context.message}` : '';
    return `Phase: ${failed.phaseType}${why}`;
  }
}

/** The variables of a build: those of its start replace the project's of the same name (API_StartBuild). */
function variablesOf({ project, variables }: BuildRequest): Valid<EnvironmentVariable>[] {
  const ofProject = project.details.environment.environmentVariables ?? [];
  return [...new Map([...ofProject, ...variables].map((variable) => [variable.name, variable])).values()];
}
