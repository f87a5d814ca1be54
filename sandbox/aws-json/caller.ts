import type { Accounts } from './accounts';
import { ServiceError } from './errors';

/** Who calls, as far as a stand-in cares: each account and region has resources of its own. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  /** What calls, where that is told: the ARN of a Lambda function, or of a rule for which EventBridge calls. */
  readonly identity?: string;
  /** The session of an assumed role that calls, as STS names it. */
  readonly principal?: string;
}

const SCOPE = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request,/;

/** A request's headers, one value each. */
export type Headers = Readonly<Record<string, string | undefined>>;

/**
 * Reads account and region from a request's SigV4 `Authorization` header. The signature is not verified: there are no secrets
 * here. A function's session token is its ARN (ministack/observed_requests.py); a service names what it calls for.
 *
 * @param signingName the service that the request must be signed for
 * @param accounts tells whose the access key is
 * @throws ServiceError 403 when the request is not signed, or signed for another service
 */
export async function callerOf(
  { authorization, 'x-amz-security-token': token, 'x-source-arn': source }: Headers,
  signingName: string,
  accounts: Accounts,
): Promise<Caller> {
  if (authorization === undefined) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const [, accessKey, region, service] = SCOPE.exec(authorization) ?? [];
  if (accessKey === undefined || region === undefined) {
    throw new ServiceError('IncompleteSignatureException', 'Authorization header is not a SigV4 header.', 403);
  }
  if (service !== signingName) {
    throw new ServiceError(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: '${signingName}'.`,
      403,
    );
  }
  const identity = source ?? (token?.startsWith('arn:') ? token : undefined);
  return { ...(await accounts.of(accessKey)), region, ...(identity === undefined ? {} : { identity }) };
}
