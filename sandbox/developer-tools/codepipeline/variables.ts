/** Variables by namespace and name. */
export type Namespaces = ReadonlyMap<string, Readonly<Record<string, string>>>;

const REFERENCE = /#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_-]+)\}/g;

/** The namespaces that a text refers to. */
export function namespacesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map(([, namespace = '']) => namespace);
}

/**
 * Puts the values of variables in place of `#{namespace.name}`.
 *
 * @throws Error that names a variable that has no value
 */
export function resolveText(text: string, namespaces: Namespaces): string {
  return text.replaceAll(REFERENCE, (reference: string, namespace: string, name: string) => {
    const values = namespaces.get(namespace);
    // A text chooses the names: every object has a `toString`, and no action gave it.
    const value = values && Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`The variable ${reference} has no value.`);
    return value;
  });
}

/** The same for all values of an action's configuration. @throws Error as `resolveText` */
export function resolveAll(
  configuration: Readonly<Record<string, string>>,
  namespaces: Namespaces,
): Record<string, string> {
  const entries = Object.entries(configuration).map(([key, value]) => [key, resolveText(value, namespaces)]);
  return Object.fromEntries(entries);
}
