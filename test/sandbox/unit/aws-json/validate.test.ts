import { encode } from '../../../../sandbox/aws-json/encode';
import type { ServiceModel } from '../../../../sandbox/aws-json/service-model';
import { validInput } from '../../../../sandbox/aws-json/validate';

const model: ServiceModel = {
  operations: {},
  shapes: {
    Input: {
      type: 'structure',
      required: ['Name'],
      members: {
        Name: { shape: 'Name' },
        Count: { shape: 'Count' },
        Enabled: { shape: 'Boolean' },
        Ratio: { shape: 'Float' },
        Since: { shape: 'Timestamp' },
        Status: { shape: 'Status' },
        Tags: { shape: 'TagList' },
        Keys: { shape: 'KeyList' },
        Metadata: { shape: 'Metadata' },
        Nested: { shape: 'Input' },
      },
    },
    Name: { type: 'string', min: 1, max: 5, pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}' },
    Count: { type: 'integer', min: 1, max: 100 },
    Boolean: { type: 'boolean' },
    Float: { type: 'float' },
    Timestamp: { type: 'timestamp' },
    Status: { type: 'string', enum: ['Approved', 'Rejected'] },
    TagList: { type: 'list', member: { shape: 'Tag' }, max: 2 },
    Tag: { type: 'structure', required: ['Key'], members: { Key: { shape: 'Name' } } },
    KeyList: { type: 'list', member: { shape: 'Name' } },
    Metadata: { type: 'map', key: { shape: 'Name' }, value: { shape: 'Name' }, min: 1 },
    Output: {
      type: 'structure',
      members: { At: { shape: 'Timestamp' }, All: { shape: 'KeyList' }, By: { shape: 'Metadata' } },
    },
  },
};

const read = (json: unknown) => validInput(model, 'Input', json);
const refusal = (json: unknown) => {
  try {
    read(json);
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error('It was not refused.');
};

test('a valid input comes back with dates for timestamps and without nulls', () => {
  const json = {
    Name: 'a',
    Since: 1.5,
    Count: null,
    Tags: [{ Key: 'k' }],
    Metadata: { a: 'b' },
    Enabled: false,
    Ratio: 0.5,
  };
  const { Count: _, ...rest } = json;
  expect(read(json)).toEqual({ ...rest, Since: new Date(1_500) });
});

test.each([
  ['a missing member', {}, "Value null at 'name' failed to satisfy constraint: Member must not be null"],
  [
    'a pattern',
    { Name: 'a_b' },
    "Value 'a_b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
  ],
  [
    'a maximum',
    { Name: 'a', Count: 101 },
    "Value '101' at 'count' failed to satisfy constraint: Member must have value less than or equal to 100",
  ],
  [
    'a minimum',
    { Name: 'a', Count: 0 },
    "Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    'a length',
    { Name: 'abcdef' },
    "Value 'abcdef' at 'name' failed to satisfy constraint: Member must have length less than or equal to 5",
  ],
  [
    'an enum',
    { Name: 'a', Status: 'Maybe' },
    "Value 'Maybe' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Approved, Rejected]",
  ],
  [
    'an item of a list',
    { Name: 'a', Tags: [{ Key: 'k' }, {}] },
    "Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null",
  ],
  [
    'a list that is too long',
    { Name: 'a', Tags: [{ Key: 'a' }, { Key: 'b' }, { Key: 'c' }] },
    "at 'tags' failed to satisfy constraint: Member must have length less than or equal to 2",
  ],
  [
    'a scalar in a list',
    { Name: 'a', Keys: ['ok', ''] },
    "Value '[ok, ]' at 'keys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 5, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ",
  ],
  [
    'a key of a map',
    { Name: 'a', Metadata: { 'a b': 'c' } },
    "Value '{a b=c}' at 'metadata' failed to satisfy constraint: Map keys must satisfy constraint: [",
  ],
  [
    'a value of a map',
    { Name: 'a', Metadata: { a: 'b c' } },
    "Value '{a=b c}' at 'metadata' failed to satisfy constraint: Map value must satisfy constraint: [",
  ],
  [
    'an empty map',
    { Name: 'a', Metadata: {} },
    "Value '{}' at 'metadata' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  ['a nested member', { Name: 'a', Nested: { Name: '-' } }, "Value '-' at 'nested.name' failed to satisfy constraint"],
])('%s is checked, in the words of AWS', (_what, json, message) => {
  const error = refusal(json);
  expect(error.code).toBe('ValidationException');
  expect(error.message).toContain(message);
  expect(error.message.startsWith('1 validation error detected: Value')).toBe(true);
});

test('all that is wrong is said at once', () => {
  const { message } = refusal({ Name: 'a_b_c_d', Count: 0 });
  expect(message).toMatch(/^3 validation errors detected: /);
  expect(message.split('; ')).toHaveLength(3);
});

test.each([
  ['text for a number', { Name: 'a', Count: '1' }, 'STRING_VALUE can not be converted to an Integer'],
  ['a fraction for an integer', { Name: 'a', Count: 1.5 }, 'DECIMAL_VALUE can not be converted to an Integer'],
  ['a number for text', { Name: 1 }, 'NUMBER_VALUE can not be converted to a String'],
  ['text for a boolean', { Name: 'a', Enabled: 'true' }, 'STRING_VALUE can not be converted to a Boolean'],
  ['a boolean for a float', { Name: 'a', Ratio: true }, 'TRUE_VALUE can not be converted to a Float'],
  [
    'text for a time',
    { Name: 'a', Since: '2027-01-01' },
    'STRING_VALUE can not be converted to milliseconds since epoch',
  ],
  ['an object for a list', { Name: 'a', Tags: {} }, 'Start of structure or map found where not expected.'],
  ['text for a list', { Name: 'a', Tags: 'a' }, 'Expected list or null'],
  ['a list for a map', { Name: 'a', Metadata: [] }, 'Start of list found where not expected'],
  ['text for a map', { Name: 'a', Metadata: 'a' }, 'Expected map or null'],
  ['a list for a structure', { Name: 'a', Nested: [] }, 'Start of list found where not expected'],
  ['an object for text', { Name: {} }, 'Start of structure or map found where not expected.'],
  ['more than 32 bits', { Name: 'a', Count: 2 ** 31 }, 'NUMBER_VALUE can not be converted to an Integer'],
  ['a time that is no date', { Name: 'a', Since: 1e300 }, 'can not be converted to milliseconds since epoch'],
  ['an unknown member', { Name: 'a', Nmae: 'b' }, "Unexpected member 'Nmae' found in Input."],
  ['an inherited member', { Name: 'a', constructor: 'b' }, "Unexpected member 'constructor'"],
  ['nothing', null, 'Expected null'],
])('%s is refused before anything is checked', (_what, json, message) => {
  const error = refusal(json);
  expect(error.code).toBe('SerializationException');
  expect(error.message).toContain(message);
});

test('an answer has the members of its shape and no others', () => {
  const value = { At: new Date(2_500), All: ['a'], By: { any: 'key' }, Secret: 'kept', constructor: 'x' };
  expect(encode(model, 'Output', value)).toEqual({ At: 2.5, All: ['a'], By: { any: 'key' } });
  expect(encode(model, 'Output', { At: undefined })).toEqual({});
});
