import { inputOf } from '../../../../sandbox/aws-json/properties';
import type { ServiceModel } from '../../../../sandbox/aws-json/service-model';

const model: ServiceModel = {
  operations: {},
  shapes: {
    Input: {
      type: 'structure',
      required: ['roleArn'],
      members: {
        roleArn: { shape: 'Text' },
        count: { shape: 'Count' },
        enabled: { shape: 'Flag' },
        configuration: { shape: 'Configuration' },
        parts: { shape: 'Parts' },
      },
    },
    Text: { type: 'string', max: 20 },
    Count: { type: 'integer' },
    Flag: { type: 'boolean' },
    Configuration: { type: 'map', key: { shape: 'Text' }, value: { shape: 'Text' } },
    Parts: { type: 'list', member: { shape: 'Input' } },
  },
};

test("properties become the action's input: members by their spelling there, texts and numbers by their type there", () => {
  const properties = {
    RoleArn: 'role',
    Count: '3',
    Enabled: 'true',
    Configuration: { Poll: false, Retries: 2 },
    Parts: [{ RoleArn: 'inner', Enabled: 'False' }],
  };
  expect(inputOf(model, 'Input', properties)).toEqual({
    roleArn: 'role',
    count: 3,
    enabled: true,
    configuration: { Poll: 'false', Retries: '2' },
    parts: [{ roleArn: 'inner', enabled: false }],
  });
});

test('a property that the input does not have is refused, unless it is handled apart', () => {
  expect(() => inputOf(model, 'Input', { RoleArn: 'role', Colour: 'red' })).toThrow("Unexpected member 'Colour'");
  expect(inputOf(model, 'Input', { RoleArn: 'role', Tags: [] }, ['Tags'])).toEqual({ roleArn: 'role' });
});

test('what the action would refuse is refused in its words', () => {
  expect(() => inputOf(model, 'Input', {})).toThrow("Value null at 'roleArn' failed to satisfy constraint");
  expect(() => inputOf(model, 'Input', { RoleArn: 'r', Count: 'many' })).toThrow('STRING_VALUE can not be converted');
});
