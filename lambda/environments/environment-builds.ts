import { DeleteCommand, GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { ENVIRONMENT } from '../shared/store/partitions';
import { isConditionFailure, type Table, updateIf } from '../shared/store/table';
import type { BuildRecord } from './build-record';

/** A record as it was at one moment. */
export interface StoredBuild {
  /** Counts the writes; 0 where there was none. */
  readonly revision: number;
  readonly record?: BuildRecord;
}

/**
 * For each environment what is known of its builds. Each write is conditional on the record that it was decided by: of two that
 * decide at the same time one has to decide again.
 */
export class EnvironmentBuilds {
  constructor(private readonly table: Table) {}

  async read(digest: string): Promise<StoredBuild> {
    const { Item } = await this.table.client.send(
      new GetCommand({ TableName: this.table.name, Key: key(digest), ConsistentRead: true }),
    );
    return storedOf(Item);
  }

  /** All records, by digest. */
  async list(): Promise<Map<string, StoredBuild>> {
    const pages = paginateQuery(
      { client: this.table.client },
      {
        TableName: this.table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': ENVIRONMENT },
        ConsistentRead: true,
      },
    );
    const records = new Map<string, StoredBuild>();
    for await (const { Items } of pages) {
      for (const item of Items ?? []) {
        records.set(String(item.sk), storedOf(item));
      }
    }
    return records;
  }

  /** @returns the record as it is stored now; undefined where it was not any more as `before` says */
  async write(digest: string, before: StoredBuild, record: BuildRecord): Promise<StoredBuild | undefined> {
    const revision = before.revision + 1;
    const item = await updateIf(this.table, key(digest), {
      UpdateExpression: 'SET revision = :next, build = :build',
      ConditionExpression: before.revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :before',
      ExpressionAttributeValues: {
        ...(before.revision === 0 ? {} : { ':before': before.revision }),
        ':next': revision,
        ':build': record,
      },
    });
    return item === undefined ? undefined : { revision, record };
  }

  /** @returns false where the record was not any more as `before` says */
  async delete(digest: string, before: StoredBuild): Promise<boolean> {
    try {
      await this.table.client.send(
        new DeleteCommand({
          TableName: this.table.name,
          Key: key(digest),
          ConditionExpression: 'revision = :before',
          ExpressionAttributeValues: { ':before': before.revision },
        }),
      );
      return true;
    } catch (error) {
      if (isConditionFailure(error)) {
        return false;
      }
      throw error;
    }
  }
}

function key(digest: string): Record<string, string> {
  return { pk: ENVIRONMENT, sk: digest };
}

function storedOf(item: Record<string, unknown> | undefined): StoredBuild {
  return item === undefined ? { revision: 0 } : { revision: Number(item.revision), record: item.build as BuildRecord };
}
