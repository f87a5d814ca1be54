import type { Build as BuildDetails, BuildPhase } from '@aws-sdk/client-codebuild';
import type { EventSender } from '../../aws-json/events';
import type { Build } from './build';

/**
 * Sends `CodeBuild Build State Change` with the members of AWS's sample
 * (codebuild/latest/userguide/sample-build-notifications, "Build notifications input format reference").
 */
export function sendStateChange(sender: EventSender, build: Build): void {
  const details = build.describe();
  sender.send(build.request.caller, {
    detailType: 'CodeBuild Build State Change',
    resource: build.details.arn,
    detail: {
      'build-status': details.buildStatus,
      'project-name': details.projectName,
      // The ARN, although the API calls the part after `build/` the id.
      'build-id': details.arn,
      'additional-information': additionalInformation(details),
      'current-phase': details.currentPhase,
      'current-phase-context': contextsOf(details.phases?.at(-1)),
      version: '1',
    },
  });
}

function additionalInformation(details: BuildDetails): Record<string, unknown> {
  const { environment, source, logs } = details;
  return {
    artifact: { location: details.artifacts?.location },
    environment: {
      image: environment?.image,
      'privileged-mode': environment?.privilegedMode ?? false,
      'compute-type': environment?.computeType,
      type: environment?.type,
      'environment-variables': environment?.environmentVariables ?? [],
    },
    'timeout-in-minutes': details.timeoutInMinutes,
    'build-complete': details.buildComplete,
    initiator: details.initiator,
    'build-start-time': textOf(details.startTime),
    source: { location: source?.location, type: source?.type },
    logs: { 'group-name': logs?.groupName, 'stream-name': logs?.streamName, 'deep-link': logs?.deepLink },
    phases: details.phases?.map((phase) => ({
      'phase-context': contextsOf(phase),
      'start-time': textOf(phase.startTime),
      'end-time': textOf(phase.endTime),
      'duration-in-seconds': phase.durationInSeconds,
      'phase-type': phase.phaseType,
      'phase-status': phase.phaseStatus,
    })),
  };
}

function contextsOf(phase: BuildPhase | undefined): string[] {
  return (phase?.contexts ?? []).map(({ statusCode, message }) => `${statusCode}: ${message}`);
}

/** A time as the sample writes it: `Sep 1, 2017 4:12:29 PM`, in UTC. */
function textOf(time: Date | undefined): string | undefined {
  if (time === undefined) return undefined;
  const day = time.toLocaleDateString('en-US', { dateStyle: 'medium', timeZone: 'UTC' });
  const hour = time.toLocaleTimeString('en-US', { timeZone: 'UTC' }).replaceAll('\u202f', ' ');
  return `${day} ${hour}`;
}
