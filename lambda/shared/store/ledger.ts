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
  /** An entry that counts once the sync that found it has told of it; then it takes the place of `verified`. */
  readonly untold?: Verified;
  readonly absent?: AbsentPackages;
  /** Until when a person's word counts that packages of absent versions go, in milliseconds since the epoch. */
  readonly confirmedUntil?: number;
}

/** That the last plan met packages whose versions the registry does not know. */
export interface AbsentPackages {
  readonly packages: number;
  /** When the whole model was first found missing, in milliseconds since the epoch; absent where it is known. */
  readonly missingSince?: number;
  /** Name of the sync of all that decides on them, or has decided. */
  readonly partOf?: string;
  /** True where they stay whatever that sync decides on their number. */
  readonly held: boolean;
}

/**
 * For each model the last state in which there was nothing to do, so that whoever meets that state again need not look further.
 *
 * Who changes a package's metadata strikes the entry, since no fingerprint shows that change; and an entry is written only where
 * none was struck since before everything was read. So whatever an execution that lost its claim still writes, no entry outlives it.
 *
 * An entry counts only once the sync that found it is through and has told of it, which the state machine itself writes down at
 * its very end. However a sync ends before that, the next one looks at the model again.
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
   * Writes an entry that nobody was told of yet, unless anything was written or struck since `before` was read.
   *
   * @returns the entry's revision, by which it is made to count; undefined where it was not written
   */
  async write(modelName: string, before: LedgerRecord, verified: Verified): Promise<number | undefined> {
    const revision = before.revision + 1;
    const written = await updateIf(this.table, key(modelName), {
      UpdateExpression: 'SET untold = :verified, owned = :owned, revision = :next REMOVE verified',
      ConditionExpression: before.revision === 0 ? 'attribute_not_exists(revision)' : 'revision = :before',
      ExpressionAttributeValues: {
        ':verified': verified,
        ':owned': verified.kept,
        ':next': revision,
        ...(before.revision === 0 ? {} : { ':before': before.revision }),
      },
    });
    return written === undefined ? undefined : revision;
  }

  /** Strikes a model's entry: the next plan looks at everything. The revision stays, so that no older plan's entry comes after it. */
  async strike(modelName: string): Promise<void> {
    await updateIf(this.table, key(modelName), {
      UpdateExpression: 'ADD revision :one REMOVE verified, untold',
      ExpressionAttributeValues: { ':one': 1 },
    });
  }

  /** Keeps what a plan met; undefined where there is nothing of the kind, after which no word about it counts any more. */
  async setAbsent(modelName: string, absent: AbsentPackages | undefined): Promise<void> {
    await updateIf(
      this.table,
      key(modelName),
      absent === undefined
        ? { UpdateExpression: 'REMOVE absent, confirmedUntil' }
        : { UpdateExpression: 'SET absent = :absent', ExpressionAttributeValues: { ':absent': absent } },
    );
  }

  /** Keeps a person's word that packages of absent versions go. */
  async confirm(modelName: string, until: number): Promise<void> {
    await updateIf(this.table, key(modelName), {
      UpdateExpression: 'SET confirmedUntil = :until',
      ExpressionAttributeValues: { ':until': until },
    });
  }

  /**
   * How many packages this installation has, as far as it was seen: each model counts with what it had when it was last found in
   * order, and with none before that.
   *
   * @returns also what models have left to syncs of all: a model that could not be looked at since counts with what it had left
   */
  async weigh(): Promise<{ owned: number; absent: (readonly [modelName: string, AbsentPackages])[] }> {
    const pages = paginateQuery(
      { client: this.table.client },
      {
        TableName: this.table.name,
        KeyConditionExpression: 'pk = :pk',
        ProjectionExpression: 'sk, owned, absent',
        ExpressionAttributeValues: { ':pk': VERIFIED },
        ConsistentRead: true,
      },
    );
    let owned = 0;
    const absent: (readonly [string, AbsentPackages])[] = [];
    for await (const { Items } of pages) {
      for (const item of Items ?? []) {
        owned += Number(item.owned ?? 0);
        const found = item.absent as AbsentPackages | undefined;
        if (found?.partOf !== undefined) {
          absent.push([String(item.sk), found]);
        }
      }
    }
    return { owned, absent };
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
  const { verified, untold, absent, confirmedUntil } = item as Partial<LedgerRecord>;
  return {
    revision: Number(item.revision ?? 0),
    ...(verified === undefined ? {} : { verified }),
    ...(untold === undefined ? {} : { untold }),
    ...(absent === undefined ? {} : { absent }),
    ...(confirmedUntil === undefined ? {} : { confirmedUntil }),
  };
}
