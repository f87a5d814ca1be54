import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { ClaimLostError } from '../errors';
import { CLAIM } from './partitions';
import { type ConditionalChange, type Table, updateIf } from './table';

/** How long a claim lives without renewal: longer than any one step, whose limit is Lambda's 15 minutes. */
export const CLAIM_SECONDS = 20 * 60;

/**
 * One sync at a time for each model: a conditional write with an expiry.
 *
 * An event that meets a claim marks the model as changed; the holder sees the mark when it lets go, keeps the claim and plans
 * again, or passes it on. So no wake-up is lost, and no two executions write for one model.
 */
export class Claims {
  constructor(
    private readonly table: Table,
    private readonly now: () => number = () => Math.floor(Date.now() / 1000),
  ) {}

  /**
   * Takes the claim, or leaves word for its holder.
   *
   * A holder that does not run any more has its claim taken before it expires. What it had under way may still write once; the
   * next plan sees that.
   *
   * @param runs whether an execution still runs
   * @returns false where another execution holds it and will plan again
   */
  async claim(modelName: string, holder: string, runs: (execution: string) => Promise<boolean>): Promise<boolean> {
    let dead = holder;
    for (;;) {
      const taken = await this.write(modelName, {
        UpdateExpression: 'SET holder = :holder, expiresAt = :expiresAt, changed = :no',
        ConditionExpression: 'attribute_not_exists(holder) OR holder IN (:holder, :dead) OR expiresAt < :now',
        ExpressionAttributeValues: {
          ':holder': holder,
          ':dead': dead,
          ':expiresAt': this.expiry(),
          ':now': this.now(),
          ':no': false,
        },
      });
      if (taken !== undefined) {
        return true;
      }
      const told = await this.write(modelName, {
        UpdateExpression: 'SET changed = :yes',
        ConditionExpression: 'attribute_exists(holder) AND expiresAt >= :now',
        ExpressionAttributeValues: { ':yes': true, ':now': this.now() },
      });
      // Without one, the holder let go between the two writes: the claim is free now.
      const other = told?.holder;
      if (typeof other === 'string') {
        // It was told first and looked at then: one that ended before it could see the word is seen to have ended.
        if (await runs(other)) {
          return false;
        }
        dead = other;
      }
    }
  }

  /**
   * Passes the claim on to another execution, which is to be started then. Repeated calls change nothing.
   *
   * @throws ClaimLostError when neither of them has it
   */
  async handOver(modelName: string, holder: string, successor: string): Promise<void> {
    const passed = await this.write(modelName, {
      UpdateExpression: 'SET holder = :successor, expiresAt = :expiresAt',
      ConditionExpression: 'holder IN (:holder, :successor)',
      ExpressionAttributeValues: { ':holder': holder, ':successor': successor, ':expiresAt': this.expiry() },
    });
    if (passed === undefined) {
      throw lost(modelName);
    }
  }

  /**
   * Prolongs the claim; with `replan`, what was told so far is taken in by the plan that follows.
   *
   * @throws ClaimLostError when another execution has it: this one must stop writing
   */
  async renew(modelName: string, holder: string, replan = false): Promise<void> {
    const renewed = await this.write(modelName, {
      UpdateExpression: `SET expiresAt = :expiresAt${replan ? ', changed = :no' : ''}`,
      ConditionExpression: 'holder = :holder',
      ExpressionAttributeValues: {
        ':holder': holder,
        ':expiresAt': this.expiry(),
        ...(replan ? { ':no': false } : {}),
      },
    });
    if (renewed === undefined) {
      throw lost(modelName);
    }
  }

  /**
   * Lets go, unless the model changed meanwhile.
   *
   * @returns who holds the model now: `holder` where the plan has to be made again, undefined where nobody does
   */
  async release(modelName: string, holder: string): Promise<string | undefined> {
    try {
      await this.table.client.send(
        new DeleteCommand({
          TableName: this.table.name,
          Key: key(modelName),
          ConditionExpression: 'holder = :holder AND changed = :no',
          ExpressionAttributeValues: { ':holder': holder, ':no': false },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        return error.Item?.holder?.S;
      }
      throw error;
    }
  }

  /** Whether an execution works on the model. */
  async isHeld(modelName: string): Promise<boolean> {
    const { Item } = await this.table.client.send(
      new GetCommand({ TableName: this.table.name, Key: key(modelName), ConsistentRead: true }),
    );
    return typeof Item?.expiresAt === 'number' && Item.expiresAt >= this.now();
  }

  private expiry(): number {
    return this.now() + CLAIM_SECONDS;
  }

  /** The claim as it was written; undefined when the condition did not hold. */
  private write(modelName: string, change: ConditionalChange): Promise<Record<string, unknown> | undefined> {
    return updateIf(this.table, key(modelName), change);
  }
}

function lost(modelName: string): ClaimLostError {
  return new ClaimLostError(`the claim on ${modelName} passed to another execution: this one stops`);
}

function key(modelName: string): Record<string, string> {
  return { pk: CLAIM, sk: modelName };
}
