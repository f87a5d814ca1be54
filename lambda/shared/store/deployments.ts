import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Started, Starting } from '../../start-pipeline/decide';
import { DEPLOYMENT } from './partitions';
import { type Table, updateIf } from './table';

/** What is known of a model's runs, as it was at one moment. */
export interface DeploymentRecord extends Started {
  /** Counts the writes; 0 where there was none. */
  readonly revision: number;
}

/** For each provisioned model what its pipeline's last run was started for. */
export class Deployments {
  constructor(private readonly table: Table) {}

  /** What is known; of another stack than the given one, nothing: the model was terminated and provisioned again. */
  async read(groupName: string, stack: string): Promise<DeploymentRecord> {
    const { Item } = await this.table.client.send(
      new GetCommand({ TableName: this.table.name, Key: key(groupName), ConsistentRead: true }),
    );
    return recordOf(Item ?? {}, stack);
  }

  /**
   * Writes what is known now.
   *
   * @returns the record as it is after that; undefined where it was not any more as `before` says
   */
  async write(
    groupName: string,
    stack: string,
    before: DeploymentRecord,
    { started, starting }: Started,
  ): Promise<DeploymentRecord | undefined> {
    const values = { ...(started ? { ':started': started } : {}), ...(starting ? { ':starting': starting } : {}) };
    const set = [
      'revision = :next',
      'stack = :stack',
      ...Object.keys(values).map((name) => `${name.slice(1)} = ${name}`),
    ];
    const remove = [started ? [] : ['started'], starting ? [] : ['starting']].flat();
    const item = await updateIf(this.table, key(groupName), {
      UpdateExpression: `SET ${set.join(', ')}${remove.length > 0 ? ` REMOVE ${remove.join(', ')}` : ''}`,
      ConditionExpression: before.revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :before',
      ExpressionAttributeValues: {
        ...values,
        ...(before.revision === 0 ? {} : { ':before': before.revision }),
        ':next': before.revision + 1,
        ':stack': stack,
      },
    });
    return item === undefined ? undefined : recordOf(item, stack);
  }

  /** Forgets a model that is terminated. */
  async forget(groupName: string): Promise<void> {
    await this.table.client.send(new DeleteCommand({ TableName: this.table.name, Key: key(groupName) }));
  }
}

function key(groupName: string): Record<string, string> {
  return { pk: DEPLOYMENT, sk: groupName };
}

function recordOf(item: Record<string, unknown>, stack: string): DeploymentRecord {
  const revision = Number(item.revision ?? 0);
  return item.stack === stack
    ? {
        revision,
        ...(typeof item.started === 'string' ? { started: item.started } : {}),
        ...(item.starting === undefined ? {} : { starting: item.starting as Starting }),
      }
    : { revision };
}
