/** A webhook of MLflow's, as its REST API lists it. */
interface Webhook {
  readonly webhook_id: string;
  readonly url: string;
}

/**
 * Deletes the webhooks that earlier runs of the sandbox registered with MLflow. Each run has new ports, so nothing listens at
 * their URLs, and MLflow's retries of their deliveries would delay those of this run. Call it before this run registers a
 * webhook.
 *
 * @param mlflow the server's URL
 * @returns how many were deleted
 * @throws Error when MLflow refuses a request
 */
export async function deleteStaleWebhooks(mlflow: string): Promise<number> {
  const stale = (await listWebhooks(mlflow)).filter(({ url }) => isOfSandbox(url));
  for (const { webhook_id: id } of stale) await request(mlflow, `webhooks/${encodeURIComponent(id)}`, 'DELETE');
  return stale.length;
}

async function listWebhooks(mlflow: string): Promise<Webhook[]> {
  const all: Webhook[] = [];
  let token = '';
  do {
    const page = await request(mlflow, `webhooks?page_token=${encodeURIComponent(token)}`, 'GET');
    const { webhooks = [], next_page_token = '' } = page as { webhooks?: Webhook[]; next_page_token?: string };
    all.push(...webhooks);
    token = next_page_token;
  } while (token !== '');
  return all;
}

/** Whether a URL is a REST API of a MiniStack (see localWebhookUrl in deploy/outputs.ts): other local receivers stay. */
function isOfSandbox(url: string): boolean {
  return /^http:\/\/127\.0\.0\.1:\d+\/restapis\/[^/]+\/[^/]+\/_user_request_\//.test(url);
}

async function request(mlflow: string, path: string, method: string): Promise<unknown> {
  const answer = await fetch(`${mlflow}/api/2.0/mlflow/${path}`, { method });
  if (!answer.ok) throw new Error(`MLflow answered ${method} ${path} with ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
