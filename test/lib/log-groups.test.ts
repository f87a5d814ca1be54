import { everyTemplate } from '../support/every-template';
import type { Resource } from '../support/product-template';

/** Whether a service would write into a log group that it creates itself, without the stack's retention and key. */
const IMPLICIT: Readonly<Record<string, (properties: Record<string, unknown>) => boolean>> = {
  'AWS::Lambda::Function': ({ LoggingConfig }) =>
    (LoggingConfig as { LogGroup?: { Ref?: string } } | undefined)?.LogGroup?.Ref === undefined,
  'AWS::ApiGateway::Stage': ({ MethodSettings }) =>
    (MethodSettings as { LoggingLevel?: string }[]).some(({ LoggingLevel = 'OFF' }) => LoggingLevel !== 'OFF'),
};

test('functions and APIs of the app write into log groups of their stack alone', () => {
  const app = everyTemplate().filter(({ stack }) => stack !== 'product');
  const all = app.flatMap(({ resources }) => Object.entries(resources));
  const implicit = (types: string[]) =>
    all.filter(([, { Type, Properties }]: [string, Resource]) => types.includes(Type) && IMPLICIT[Type]?.(Properties));
  expect(all.filter(([, { Type }]) => IMPLICIT[Type] !== undefined).length).toBeGreaterThan(10);
  expect(implicit(Object.keys(IMPLICIT)).map(([id]) => id)).toEqual([]);
}, 300_000);
