import type { ServiceEvent } from '../../aws-json/events';
import type { Build } from './build';

/** `CodeBuild Build State Change`, with the main members of AWS's sample (codebuild/latest/userguide/sample-build-notifications). */
export function buildEvent({ details, request: { project } }: Build): ServiceEvent {
  return {
    detailType: 'CodeBuild Build State Change',
    resource: details.arn,
    detail: {
      'build-status': details.buildStatus,
      'project-name': project.details.name,
      'build-id': details.arn,
      'current-phase': details.currentPhase,
      'additional-information': {
        initiator: details.initiator,
        'build-complete': details.buildComplete,
        'build-start-time': details.startTime,
        'build-number': details.buildNumber,
        'source-version': details.sourceVersion,
        logs: {
          'group-name': details.logs?.groupName,
          'stream-name': details.logs?.streamName,
          'deep-link': details.logs?.deepLink,
        },
        phases: (details.phases ?? []).map(
          ({ phaseType, phaseStatus, startTime, endTime, durationInSeconds, contexts }) => ({
            'phase-type': phaseType,
            'phase-status': phaseStatus,
            'start-time': startTime,
            'end-time': endTime,
            'duration-in-seconds': durationInSeconds,
            'phase-context': (contexts ?? []).map(({ statusCode, message }) => `${statusCode}: ${message}`),
          }),
        ),
      },
      version: '1',
    },
  };
}
