import type { Template } from 'aws-cdk-lib/assertions';
import { synthesize } from '../support/synth';

/** An environment variable of each function that has it, by the function's id without its hash. */
function variable(name: string, template: Template): Record<string, unknown> {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  return Object.fromEntries(
    functions.flatMap(([id, { Properties }]) => {
      const value = Properties.Environment?.Variables?.[name];
      return value === undefined ? [] : [[id.replace(/[0-9A-F]{8}$/, ''), value]];
    }),
  );
}

test('who plans, makes and updates packages knows which environments want a person', () => {
  const approval = { staging: 'PendingManualApproval', production: 'PendingManualApproval' };
  const template = synthesize({ approval }).modelSync;
  expect(variable('MANUAL_APPROVAL', template)).toEqual({
    FunctionsPlan: 'Staging Production',
    FunctionsCreate: 'Staging Production',
    FunctionsUpdate: 'Staging Production',
  });
}, 60_000);

test('by default nobody is asked', () => {
  expect(variable('MANUAL_APPROVAL', synthesize().modelSync)).toEqual({});
}, 60_000);

test('models that were found in order under another setting are looked into again', () => {
  const revisions = (settings: Record<string, unknown>) => variable('REVISION', synthesize(settings).modelSync);
  const [before, after] = [revisions({}), revisions({ approval: { production: 'PendingManualApproval' } })];
  expect(Object.keys(before)).toEqual(['FunctionsList', 'FunctionsPlan']);
  expect(new Set(Object.values(after)).size).toBe(1);
  expect(after).not.toEqual(before);
}, 120_000);
