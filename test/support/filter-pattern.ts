/**
 * Whether CloudWatch counts a line of JSON by a filter pattern, of those that compare texts and join comparisons
 * (AmazonCloudWatch/latest/logs/FilterAndPatternSyntax-MetricFilters).
 *
 * @param pattern such as `{ ($.type = "ExecutionTimedOut") || ($.type = "ExecutionFailed") }`
 * @throws Error for a pattern of another kind
 */
export function matchesPattern(pattern: string, line: object): boolean {
  const compared = pattern.replace(
    /\$\.([\w.]+)\s*(!?=)\s*"([^"]*)"/g,
    (_all, path: string, comparison: string, text: string) =>
      String((valueAt(line, path.split('.')) === text) === (comparison === '=')),
  );
  let formula = compared.replace(/[{}\s]/g, '');
  for (let before = ''; before !== formula; ) {
    before = formula;
    formula = formula
      .replace(/\((true|false)\)/g, '$1')
      .replace(/(true|false)&&(true|false)/, (_all, a, b) => String(a === 'true' && b === 'true'))
      .replace(/(?<!&&)(true|false)\|\|(true|false)(?!&&)/, (_all, a, b) => String(a === 'true' || b === 'true'));
  }
  if (formula !== 'true' && formula !== 'false') {
    throw new Error(`the filter pattern ${pattern} is not read here: ${formula} is left of it`);
  }
  return formula === 'true';
}

function valueAt(value: unknown, [member, ...rest]: readonly string[]): unknown {
  if (member === undefined || typeof value !== 'object' || value === null) {
    return member === undefined ? value : undefined;
  }
  return valueAt((value as Record<string, unknown>)[member], rest);
}
