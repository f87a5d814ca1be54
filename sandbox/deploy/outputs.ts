import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import type { ClientConfig } from './clients';

/** The application stack, as AWS names it. */
export const MODEL_SYNC_STACK = 'ModelRepack-ModelSyncStack';

const outputs = z.object({
  WebhookUrl: z.url(),
  StateMachineArn: z.string().startsWith('arn:'),
  ArtifactBucketName: z.string(),
  WebhookSecretArn: z.string().startsWith('arn:'),
});

/** What a deployed account offers. */
export interface Deployed {
  /** Where the registry sends its webhooks. */
  readonly webhookUrl: string;
  /** What they are signed with. */
  readonly webhookSecret: string;
  readonly stateMachineArn: string;
  readonly artifactBucket: string;
}

/**
 * Reads what the deployed stack says about itself, and the secret that it made.
 *
 * @throws Error that names the stack and the output that is missing
 */
export async function readDeployed(config: ClientConfig): Promise<Deployed> {
  const cloudFormation = new CloudFormationClient(config);
  const secrets = new SecretsManagerClient(config);
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName: MODEL_SYNC_STACK }));
    const found = Object.fromEntries(
      (Stacks[0]?.Outputs ?? []).map((output) => [output.OutputKey, output.OutputValue]),
    );
    const parsed = outputs.safeParse(found);
    if (!parsed.success) {
      const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
      throw new Error(`the outputs of the stack ${MODEL_SYNC_STACK} are not as expected: ${wrong}`);
    }
    const { WebhookUrl, WebhookSecretArn, StateMachineArn, ArtifactBucketName } = parsed.data;
    const secret = await secrets.send(new GetSecretValueCommand({ SecretId: WebhookSecretArn }));
    if (!secret.SecretString) {
      throw new Error(`the secret ${WebhookSecretArn} of the stack ${MODEL_SYNC_STACK} is empty`);
    }
    return {
      webhookUrl: localWebhookUrl(WebhookUrl, config.endpoint),
      webhookSecret: secret.SecretString,
      stateMachineArn: StateMachineArn,
      artifactBucket: ArtifactBucketName,
    };
  } finally {
    cloudFormation.destroy();
    secrets.destroy();
  }
}

/**
 * The local address of a REST API, which the stack knows by its address in AWS only:
 * `https://<api>.execute-api.<region>.<suffix>/<stage>/<path>` is `<endpoint>/restapis/<api>/<stage>/_user_request_/<path>`.
 *
 * @throws Error when the URL is not that of a REST API
 */
export function localWebhookUrl(url: string, endpoint: string): string {
  const { hostname, pathname } = new URL(url);
  const [, api] = /^([a-z0-9]+)\.execute-api\./.exec(hostname) ?? [];
  const [, stage, ...path] = pathname.split('/');
  if (!api || !stage) {
    throw new Error(`${url} is not the URL of a stage of an API Gateway REST API`);
  }
  return `${endpoint}/restapis/${api}/${stage}/_user_request_/${path.join('/')}`;
}
