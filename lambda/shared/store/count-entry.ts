/**
 * Makes an entry of the ledger count of which nobody had been told: the sync that found it has told now. Step Functions sends it,
 * with the entry's revision as `:revision`.
 *
 * Where another sync has written or struck anything meanwhile, the condition does not hold, and the model is looked at again.
 */
export const COUNT_ENTRY = {
  UpdateExpression: 'SET verified = untold REMOVE untold',
  ConditionExpression: 'attribute_exists(untold) AND revision = :revision',
} as const;
