import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { ClaimLostError } from '../errors';
import { CLAIM, isConditionFailure, type Table } from './table';

/** How long a claim lives without renewal: longer than any one step, whose limit is Lambda's 15 minutes. */
export const CLAIM_SECONDS = 20 * 60;

/**
 * One sync at a time for each model: a conditional write with an expiry.
 *
 * An event that meets a claim marks the model as changed; the holder sees the mark when it lets go, keeps the claim and plans
 * again. So no wake-up is lost, and no two executions ever write for one model.
 */
export class Claims {
  constructor(
    private readonly table: Table,
    private readonly now: () => number = () => Math.floor(Date.now() / 1000),
  ) {}

  /**
   * Takes the claim, or leaves word for its holder.
   *
   * @returns false where another execution holds it and will plan again
   */
  async claim(modelName: string, holder: string): Promise<boolean> {
    for (;;) {
      const taken = await this.write(modelName, {
        UpdateExpression: 'SET holder = :holder, expiresAt = :expiresAt, changed = :no',
        ConditionExpression: 'attribute_not_exists(holder) OR holder = :holder OR expiresAt < :now',
        ExpressionAttributeValues: { ':holder': holder, ':expiresAt': this.expiry(), ':now': this.now(), ':no': false },
      });
      if (taken) {
        return true;
      }
      const told = await this.write(modelName, {
        UpdateExpression: 'SET changed = :yes',
        ConditionExpression: 'attribute_exists(holder) AND expiresAt >= :now',
        ExpressionAttributeValues: { ':yes': true, ':now': this.now() },
      });
      if (told) {
        return false;
      }
      // The holder let go between the two writes: the claim is free now.
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
    if (!renewed) {
      throw new ClaimLostError(`the claim on ${modelName} passed to another execution: this one stops`);
    }
  }

  /**
   * Lets go, unless the model changed meanwhile.
   *
   * @returns false when the claim is kept because the plan has to be made again
   */
  async release(modelName: string, holder: string): Promise<boolean> {
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
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) {
        // Lost to another execution (or released before, by a retry of this step): there is nothing to let go.
        return error.Item?.holder?.S !== holder;
      }
      throw error;
    }
  }

  private expiry(): number {
    return this.now() + CLAIM_SECONDS;
  }

  /** False when the condition did not hold. */
  private async write(
    modelName: string,
    input: {
      UpdateExpression: string;
      ConditionExpression: string;
      ExpressionAttributeValues: Record<string, unknown>;
    },
  ): Promise<boolean> {
    try {
      await this.table.client.send(new UpdateCommand({ TableName: this.table.name, Key: key(modelName), ...input }));
      return true;
    } catch (error) {
      if (isConditionFailure(error)) {
        return false;
      }
      throw error;
    }
  }
}

function key(modelName: string): Record<string, string> {
  return { pk: CLAIM, sk: modelName };
}
