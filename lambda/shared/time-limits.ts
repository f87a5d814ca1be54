const CONNECT_MS = 5_000;
const REQUEST_MS = 5_000;

/**
 * Limits for a client of AWS. A call that hangs ends, and the SDK tries it again; without `throwOnRequestTimeout` the SDK only logs a
 * warning (docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-timeouts.html).
 *
 * @param requestMs until an answer begins, and between any two bytes on a connection, in milliseconds
 */
export function timeLimits(requestMs: number = REQUEST_MS) {
  return {
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: requestMs,
      socketTimeout: requestMs,
      throwOnRequestTimeout: true,
    },
  };
}
