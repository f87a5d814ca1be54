import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Fingerprints } from '../ledger/fingerprints';
import { VERIFIED } from './partitions';
import { type Table, updateIf } from './table';

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
  readonly absences?: Absences;
  /** Until when a person's confirmation of deletions is valid, in milliseconds since the epoch. */
  readonly confirmedUntil?: number;
}

/** Packages of a model whose versions MLflow does not list: by package number, when that was first found, in milliseconds since the epoch. */
export type Absences = Readonly<Record<string, number>>;

/**
 * For each model, the last state in which there was nothing to do: a sync that finds this state again does no further work.
 *
 * Who changes a package's metadata strikes the entry, since no fingerprint shows that change; and an entry is written only where
 * none was struck since before everything was read. So whatever an execution that lost its claim still writes, no entry outlives it.
 *
 * The state machine writes the entry at its very end, after its event. If a sync ends before that, the next one looks at the
 * model again.
 */
export class Ledger {
  constructor(private readonly table: Table) {}

  async read(modelName: string): Promise<LedgerRecord> {
    const { Item } = await this.table.client.send(
      new GetCommand({ TableName: this.table.name, Key: key(modelName), ConsistentRead: true }),
    );
    return recordOf(Item ?? {});
  }

  /**
   * Strikes a model's entry: the next plan looks at everything. The revision stays, so that no older plan's entry comes after it.
   *
   * @returns the new revision
   */
  async strike(modelName: string): Promise<number> {
    const record = await updateIf(this.table, key(modelName), {
      UpdateExpression: 'ADD revision :one REMOVE verified',
      ExpressionAttributeValues: { ':one': 1 },
    });
    return Number(record?.revision);
  }

  /**
   * Stores the clocks of absent packages; undefined if there are none, which ends a confirmation too. Does nothing if another plan
   * has struck the entry since: its look is newer.
   */
  async setAbsences(modelName: string, absences: Absences | undefined, revision: number): Promise<void> {
    await updateIf(this.table, key(modelName), {
      UpdateExpression: absences === undefined ? 'REMOVE absences, confirmedUntil' : 'SET absences = :absences',
      ConditionExpression: 'attribute_not_exists(revision) OR revision = :revision',
      ExpressionAttributeValues: {
        ':revision': revision,
        ...(absences === undefined ? {} : { ':absences': absences }),
      },
    });
  }

  /** Stores a person's confirmation that packages of absent versions are deleted. */
  async confirm(modelName: string, until: number): Promise<void> {
    await updateIf(this.table, key(modelName), {
      UpdateExpression: 'SET confirmedUntil = :until',
      ExpressionAttributeValues: { ':until': until },
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
  const { verified, absences, confirmedUntil } = item as Partial<LedgerRecord>;
  return {
    revision: Number(item.revision ?? 0),
    ...(verified === undefined ? {} : { verified }),
    ...(absences === undefined ? {} : { absences }),
    ...(confirmedUntil === undefined ? {} : { confirmedUntil }),
  };
}
