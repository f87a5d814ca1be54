import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { SECRET_USE } from './partitions';
import type { Table } from './table';

/**
 * Since when versions of the webhook's secret are in use. Secrets Manager tells when a version was made, which may be days before
 * where a rotation had to wait for the registry, and the day of a rotation only after its end. An item a rotation stays.
 */
export class SecretUses {
  constructor(private readonly table: Table) {}

  /** Written before the version becomes the current one, so that whoever sees it as that finds the time. */
  async record(versionId: string, since: number): Promise<void> {
    await this.table.client.send(new PutCommand({ TableName: this.table.name, Item: { ...key(versionId), since } }));
  }

  /** Seconds since the epoch; undefined for a version that no rotation put to use. */
  async since(versionId: string): Promise<number | undefined> {
    const { Item } = await this.table.client.send(
      new GetCommand({ TableName: this.table.name, Key: key(versionId), ConsistentRead: true }),
    );
    return typeof Item?.since === 'number' ? Item.since : undefined;
  }
}

function key(versionId: string): Record<string, string> {
  return { pk: SECRET_USE, sk: versionId };
}
