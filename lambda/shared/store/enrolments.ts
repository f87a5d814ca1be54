import { DeleteCommand, GetCommand, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ENROLMENT } from './partitions';
import { isConditionFailure, type Table, updateIf } from './table';

/** `new`: its webhook is being made. `pending`: the registry refused the webhook because the model does not exist yet. */
export type EnrolmentStatus = 'new' | 'active' | 'pending';

/** A model that somebody asked to have synced. */
export interface Enrolment {
  readonly modelName: string;
  readonly status: EnrolmentStatus;
}

/**
 * Which models are synced. An enrolment is held by those who asked for it (a custom resource each), so that one resource
 * that replaces another of the same model does not take the enrolment with it.
 */
export class Enrolments {
  constructor(private readonly table: Table) {}

  /** Adds `holder` to the model's enrolment, which is made where there is none. Repeated calls change nothing. */
  async add(modelName: string, holder: string): Promise<void> {
    await this.table.client.send(
      new UpdateCommand({
        TableName: this.table.name,
        Key: key(modelName),
        UpdateExpression: 'SET #status = if_not_exists(#status, :status) ADD holders :holder',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': 'new', ':holder': new Set([holder]) },
      }),
    );
  }

  /** Says whether the model's webhook stands. An enrolment that is gone meanwhile stays gone. */
  async setStatus(modelName: string, status: EnrolmentStatus): Promise<void> {
    await updateIf(this.table, key(modelName), {
      UpdateExpression: 'SET #status = :status',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status },
    });
  }

  /**
   * Takes `holder` away.
   *
   * @returns true when nobody holds the model any more, so that it is not enrolled now
   */
  async remove(modelName: string, holder: string): Promise<boolean> {
    try {
      await this.table.client.send(
        new UpdateCommand({
          TableName: this.table.name,
          Key: key(modelName),
          UpdateExpression: 'DELETE holders :holder',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':holder': new Set([holder]) },
        }),
      );
      await this.table.client.send(
        new DeleteCommand({
          TableName: this.table.name,
          Key: key(modelName),
          // DynamoDB drops a set with its last member; a holder that came meanwhile keeps the item.
          ConditionExpression: 'attribute_not_exists(holders)',
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailure(error)) {
        return (await this.get(modelName)) === undefined;
      }
      throw error;
    }
  }

  async get(modelName: string): Promise<Enrolment | undefined> {
    const { Item } = await this.table.client.send(
      new GetCommand({ TableName: this.table.name, Key: key(modelName), ConsistentRead: true }),
    );
    return Item === undefined ? undefined : enrolmentOf(Item);
  }

  /** All enrolments, every page, in the order of their names. */
  async list(): Promise<Enrolment[]> {
    const pages = paginateQuery(
      { client: this.table.client },
      {
        TableName: this.table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': ENROLMENT },
        ConsistentRead: true,
      },
    );
    const enrolments: Enrolment[] = [];
    for await (const { Items } of pages) {
      enrolments.push(...(Items ?? []).map(enrolmentOf));
    }
    return enrolments;
  }
}

function key(modelName: string): Record<string, string> {
  return { pk: ENROLMENT, sk: modelName };
}

function enrolmentOf(item: Record<string, unknown>): Enrolment {
  return {
    modelName: String(item.sk),
    status: item.status === 'active' || item.status === 'new' ? item.status : 'pending',
  };
}
