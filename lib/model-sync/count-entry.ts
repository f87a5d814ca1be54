import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { INextable, State } from 'aws-cdk-lib/aws-stepfunctions';
import { DynamoAttributeValue, DynamoUpdateItem } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { COUNT_ENTRY } from '../../lambda/shared/store/count-entry';
import { VERIFIED } from '../../lambda/shared/store/partitions';
import { oneLine, RETRY } from './sync-step';

/** The state without the entry's revision, which is nobody's business outside. */
const WITHOUT_REVISION = oneLine('{% $sift($states.input, function($value, $key) { $key != "untold" }) %}');

/**
 * Makes the ledger's entry count that the last plan wrote, now that the sync has told of it. Step Functions writes it itself: no
 * function runs for it.
 *
 * Errors end here, and the sync is no failure for them: the entry does not count then, and the next sync looks at the model again.
 *
 * @param next whatever became of it
 */
export function countEntry(scope: Construct, table: TableV2, next: State): State & INextable {
  const count = DynamoUpdateItem.jsonata(scope, 'Count as in order', {
    table,
    key: {
      pk: DynamoAttributeValue.fromString(VERIFIED),
      sk: DynamoAttributeValue.fromString('{% $states.input.modelName %}'),
    },
    updateExpression: COUNT_ENTRY.UpdateExpression,
    conditionExpression: COUNT_ENTRY.ConditionExpression,
    expressionAttributeValues: {
      ':revision': DynamoAttributeValue.numberFromString('{% $string($states.input.untold) %}'),
    },
    outputs: WITHOUT_REVISION,
  });
  // Another sync has written or struck since: that one decides.
  count.addRetry({ ...RETRY, errors: ['DynamoDB.ConditionalCheckFailedException'], maxAttempts: 0 });
  count.addRetry({ ...RETRY, errors: ['States.TaskFailed'] });
  count.addCatch(next, { outputs: WITHOUT_REVISION });
  count.next(next);
  return count;
}
