import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** One table: the partition says what an item is, the sort key which model it concerns. */
export const ENROLMENT = 'ENROLMENT';
export const CLAIM = 'CLAIM';

/** What the stores need of DynamoDB. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

export function openTable(name: string): Table {
  return { client: DynamoDBDocumentClient.from(new DynamoDBClient({})), name };
}

/** True for the error of a conditional write whose condition did not hold. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
