import { ServiceError } from './errors';

/** Who calls, as far as this stand-in cares: each account and region has a registry of its own. */
export interface Caller {
  readonly account: string;
  readonly region: string;
}

/** The account of credentials that are not an account number, as MiniStack has it. */
const DEFAULT_ACCOUNT = '000000000000';

const SCOPE = /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request,/;

/**
 * Reads account and region from a SigV4 `Authorization` header. The signature is not verified: there are no secrets here.
 *
 * @throws ServiceError 403 when the request is not signed, or signed for another service
 */
export function callerOf(authorization: string | undefined): Caller {
  if (authorization === undefined) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
  const [, accessKey, region, service] = SCOPE.exec(authorization) ?? [];
  if (accessKey === undefined || region === undefined) {
    throw new ServiceError('IncompleteSignatureException', 'Authorization header is not a SigV4 header.', 403);
  }
  if (service !== 'sagemaker') {
    throw new ServiceError(
      'InvalidSignatureException',
      `Credential should be scoped to correct service: 'sagemaker'.`,
      403,
    );
  }
  return { account: /^\d{12}$/.test(accessKey) ? accessKey : DEFAULT_ACCOUNT, region };
}
