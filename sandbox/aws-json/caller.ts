import type { Accounts } from './accounts';
import { ServiceError } from './errors';

/** Who calls, as far as a stand-in cares: each account and region has resources of its own. */
export interface Caller {
  readonly account: string;
  readonly region: string;
}

const SCOPE = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request,/;

/**
 * Reads account and region from a SigV4 `Authorization` header. The signature is not verified: there are no secrets here.
 *
 * @param signingName the service that the request must be signed for
 * @param accounts tells whose the access key is
 * @throws ServiceError 403 when the request is not signed, or signed for another service
 */
export async function callerOf(
  authorization: string | undefined,
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
  return { account: await accounts.of(accessKey), region };
}
