/** API_DescribeModelPackage, ModelCard: what IncludedData `MetadataOnly` leaves of the content, by path. */
const METADATA: readonly (readonly [section: string, field: string])[] = [
  ['model_overview', 'model_id'],
  ['model_overview', 'model_name'],
  ['intended_uses', 'risk_rating'],
  ['model_package_details', 'model_package_group_name'],
  ['model_package_details', 'model_package_arn'],
];

/**
 * A model card's content without what IncludedData `MetadataOnly` leaves out.
 *
 * @param content the card as JSON text; a text that is no JSON object has nothing to leave
 */
export function sanitizedContent(content: string): string {
  const card = parseObject(content);
  const kept: Record<string, Record<string, unknown>> = {};
  for (const [section, field] of METADATA) {
    const fields = card[section];
    if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, field)) continue;
    kept[section] = { ...kept[section], [field]: (fields as Record<string, unknown>)[field] };
  }
  return JSON.stringify(kept);
}

function parseObject(content: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(content);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
