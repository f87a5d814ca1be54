/** The variables that lead SDK clients to the developer tools' stand-in. */
export function developerToolsEndpoints(url: string) {
  return {
    AWS_ENDPOINT_URL_CODECOMMIT: url,
    AWS_ENDPOINT_URL_CODEBUILD: url,
    AWS_ENDPOINT_URL_CODEPIPELINE: url,
    AWS_ENDPOINT_URL_SERVICE_CATALOG: url,
  } as const;
}
