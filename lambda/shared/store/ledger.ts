import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Fingerprints } from '../ledger/fingerprints';
import { type Table, updateIf, VERIFIED } from './table';

/** That a model was looked at in full, and that there was nothing to do. */
export interface Verified extends Fingerprints {
  /** Milliseconds since the epoch. */
  readonly verifiedAt: number;
  /** How many packages were as they should be. */
  readonly kept: number;
}

/** What the ledger says of a model at one moment. */
export interface LedgerRecord {
  /** Counts the writes; 0 where there was none. */
  readonly revision: number;
  readonly verified?: Verified;
}

/**
 * For each model the last state in which there was nothing to do, so that whoever meets that state again need not look further.
 *
 * Who changes a package's metadata strikes the entry, since no fingerprint shows that change; and an entry is written only where
 * none was struck since before everything was read. So whatever an execution that lost its claim still writes, no entry outlives it.
 */
export class Ledger {
  constructor(private readonly table: Table) {}

  async read(modelName: string): Promise<LedgerRecord> {
    const { Item } = await this.table.client.send(
      new GetCommand({ TableName: this.table.name, Key: key(modelName), ConsistentRead: true }),
    );
    return recordOf(Item ?? {});
  }

  /** Writes an entry, unless anything was written or struck since `before` was read. */
  async write(modelName: string, before: LedgerRecord, verified: Verified): Promise<void> {
    await updateIf(this.table, key(modelName), {
      UpdateExpression: 'SET verified = :verified, revision = :next',
      ConditionExpression: before.revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :before',
      ExpressionAttributeValues: {
        ':verified': verified,
        ':next': before.revision + 1,
        ...(before.revision === 0 ? {} : { ':before': before.revision }),
      },
    });
  }

  /** Strikes a model's entry: the next plan looks at everything. The revision stays, so that no older plan's entry comes after it. */
  async strike(modelName: string): Promise<void> {
    await updateIf(this.table, key(modelName), {
      UpdateExpression: 'ADD revision :one REMOVE verified',
      ExpressionAttributeValues: { ':one': 1 },
    });
  }

  /** All entries, page by page, in the order of their names. */
  async *entries(): AsyncGenerator<readonly [modelName: string, verified: Verified]> {
    const pages = paginateQuery(
      { client: this.table.client },
      {
        TableName: this.table.name,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'attribute_exists(verified)',
        ExpressionAttributeValues: { ':pk': VERIFIED },
      },
    );
    for await (const { Items } of pages) {
      for (const item of Items ?? []) {
        yield [String(item.sk), item.verified as Verified];
      }
    }
  }
}

function key(modelName: string): Record<string, string> {
  return { pk: VERIFIED, sk: modelName };
}

function recordOf(item: Record<string, unknown>): LedgerRecord {
  const revision = Number(item.revision ?? 0);
  return item.verified === undefined ? { revision } : { revision, verified: item.verified as Verified };
}
