import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { timeLimits } from '../time-limits';

/** What the stores need of DynamoDB. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

export function openTable(name: string): Table {
  return { client: DynamoDBDocumentClient.from(new DynamoDBClient(timeLimits())), name };
}

/** True for the error of a conditional write whose condition did not hold. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}

/** An update that happens only where its condition holds. */
export interface ConditionalChange {
  readonly UpdateExpression: string;
  /** Absent for a change that happens in any case. */
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

/** @returns the item as it is after the change; undefined when the condition did not hold */
export async function updateIf(
  table: Table,
  key: Record<string, string>,
  change: ConditionalChange,
): Promise<Record<string, unknown> | undefined> {
  try {
    const { Attributes } = await table.client.send(
      new UpdateCommand({ TableName: table.name, Key: key, ReturnValues: 'ALL_NEW', ...change }),
    );
    return Attributes ?? {};
  } catch (error) {
    if (isConditionFailure(error)) {
      return undefined;
    }
    throw error;
  }
}
