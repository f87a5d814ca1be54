import { ENVIRONMENTS, type Environment } from '../deployable/environments';
import type { WrittenEndpoint } from './inference';

type Key = keyof WrittenEndpoint;

const REAL_TIME: readonly Key[] = ['InstanceType', 'InstanceCount'];
const SERVERLESS: readonly Key[] = ['ServerlessMaxConcurrency', 'ServerlessSizeInMB'];

const OTHER: readonly Key[] = ['CaptureDestinationS3Uri', 'EnableNetworkIsolation', 'Timeouts', 'ExecutionRoleArn'];

/** What a JSON Schema could say only in words that nobody understands: which keys go together. */
export function brokenRules(written: Readonly<Record<Environment, WrittenEndpoint>>): string[] {
  return ENVIRONMENTS.flatMap((environment) => problemsOf(environment, written[environment]));
}

function problemsOf(environment: Environment, endpoint: WrittenEndpoint): string[] {
  const given = (keys: readonly Key[]) => keys.filter((key) => endpoint[key] !== undefined);
  const said = (key: Key) =>
    `${environment}.${key} (${key === 'Timeouts' ? JSON.stringify(endpoint[key]) : endpoint[key]})`;
  const realTime = given(REAL_TIME);
  const serverless = given(SERVERLESS);
  if (realTime.length > 0 && serverless.length > 0) {
    return [
      `${[...realTime, ...serverless].map(said).join(', ')}: an endpoint is real-time or serverless, not both. ` +
        `Keep ${REAL_TIME.join(' and ')}, or ${SERVERLESS.join(' and ')}.`,
    ];
  }
  const capture = endpoint.CaptureDestinationS3Uri;
  if (serverless.length > 0 && capture !== undefined) {
    return [
      `${said('CaptureDestinationS3Uri')}: a serverless endpoint cannot capture data. ` +
        'Remove it, or make the endpoint real-time with InstanceType.',
    ];
  }
  if (serverless.length > 0 && endpoint.EnableNetworkIsolation === true) {
    return [
      `${said('EnableNetworkIsolation')}: SageMaker isolates no serverless endpoint from the network. ` +
        'Remove it, or make the endpoint real-time with InstanceType.',
    ];
  }
  if (serverless.length > 0 && endpoint.Timeouts !== undefined) {
    return [
      `${said('Timeouts')}: SageMaker has no time-outs for serverless endpoints. ` +
        'Remove them, or make the endpoint real-time with InstanceType.',
    ];
  }
  if (endpoint.InstanceType === undefined && endpoint.ServerlessMaxConcurrency === undefined) {
    const lonely = [...realTime, ...serverless, ...given(OTHER)].map(said);
    const wanted =
      serverless.length > 0
        ? 'ServerlessMaxConcurrency (1 to 200)'
        : realTime.length > 0 ||
            capture !== undefined ||
            endpoint.EnableNetworkIsolation === true ||
            endpoint.Timeouts !== undefined
          ? 'InstanceType (such as ml.m5.large)'
          : 'InstanceType (such as ml.m5.large) or ServerlessMaxConcurrency (1 to 200)';
    return [`${lonely.join(', ')}: this alone makes no endpoint. Add ${environment}.${wanted}.`];
  }
  return [];
}
