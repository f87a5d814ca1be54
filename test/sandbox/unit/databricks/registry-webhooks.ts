import type { DatabricksFront } from '../../../../sandbox/databricks/front';

/** Calls the front's `/registry-webhooks/<verb>`, with the token `t`. */
export async function callWebhooks(
  front: DatabricksFront,
  method: string,
  verb: string,
  fields?: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${front.url}/api/2.0/mlflow/registry-webhooks/${verb}`, {
    method,
    headers: { authorization: 'Bearer t' },
    ...(fields ? { body: JSON.stringify(fields) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
