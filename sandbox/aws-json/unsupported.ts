import { lackingInSandbox } from './errors';

/**
 * Refuses a request that has a member which is not imitated.
 *
 * @param service AWS's name of the service, as `SageMaker`
 * @param unsupported paths of members by action: `[]` for every item of a list, `=value` where only that value is
 *   missing
 * @param input the action's valid input
 * @throws ServiceError 501 `UnknownOperationException` that names the member
 */
export function refuseUnsupported(
  service: string,
  action: string,
  unsupported: Readonly<Record<string, readonly string[]>>,
  input: unknown,
): void {
  for (const path of unsupported[action] ?? []) {
    const [members = '', value] = path.split('=');
    const found = valuesAt(input, members.split('.'));
    if (found.some((item) => value === undefined || String(item) === value)) {
      throw lackingInSandbox(service, `${path} of ${action}`);
    }
  }
}

/** The values at a path, of every item where it leads through lists. */
function valuesAt(value: unknown, [step, ...rest]: readonly string[]): unknown[] {
  if (value === undefined) return [];
  if (step === undefined) return [value];
  if (step === '[]') return (value as readonly unknown[]).flatMap((item) => valuesAt(item, rest));
  return valuesAt((value as Readonly<Record<string, unknown>>)[step], rest);
}
