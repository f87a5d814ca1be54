/** A statement of a policy in a template. */
export interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Effect?: string;
  readonly Condition?: Record<string, Record<string, unknown>>;
}

export function actionsOf({ Action }: Statement): string[] {
  return [Action].flat();
}

export function resourcesOf({ Resource }: Statement): unknown[] {
  return [Resource].flat();
}

/** Whether a pattern of IAM's covers a text, which may be a narrower pattern. */
export function covers(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(text);
}
