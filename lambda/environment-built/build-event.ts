import * as z from 'zod';

const Shape = z.object({
  detail: z.object({
    'build-id': z.string(),
    'build-status': z.string(),
    'additional-information': z.object({
      environment: z.object({
        'environment-variables': z.array(z.object({ name: z.string(), value: z.string().optional() })),
      }),
    }),
  }),
});

/** The end of a build. */
export interface BuildEvent {
  /** As StartBuild names it: `<project>:<uuid>`. */
  readonly buildId: string;
  readonly status: string;
  /** The environment that was built. */
  readonly digest: string;
}

/**
 * Reads `CodeBuild Build State Change` (codebuild/latest/userguide/sample-build-notifications.html). It names the build by its ARN.
 *
 * @returns undefined for a build that somebody started without an environment
 */
export function parseBuildEvent(event: unknown): BuildEvent | undefined {
  const { detail } = Shape.parse(event);
  const variables = detail['additional-information'].environment['environment-variables'];
  const digest = variables.find(({ name }) => name === 'ENVIRONMENT_DIGEST')?.value;
  const buildId = detail['build-id'].replace(/^.*:build\//, '');
  return digest === undefined || !/^[0-9a-f]{32}$/.test(digest)
    ? undefined
    : { buildId, digest, status: detail['build-status'] };
}
