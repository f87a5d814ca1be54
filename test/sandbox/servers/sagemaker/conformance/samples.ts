/** What a pattern allows and what it does not, written by hand: nothing here is derived from how the stand-in reads patterns. */
export interface Sample {
  /** A short text that fits. */
  readonly fits: string;
  /** A character that may follow it any number of times; undefined where a text cannot grow that way. */
  readonly grows?: string;
  /** A fitting text of a length, where growing at the end will not do. */
  readonly ofLength?: (length: number) => string;
  /** A text that breaks the pattern and nothing else; undefined where every text fits. */
  readonly breaks?: string;
}

const REST_OF_ARN = ':sagemaker:us-east-1:111122223333:model-package-group/';
const name63 = 'n'.repeat(63);
/** An ARN grows in its partition: its name has 63 characters at most. */
const arnOfLength = (tail: string) => (length: number) => {
  const rest = `${REST_OF_ARN}${name63}${tail}`;
  return `arn:aws${'a'.repeat(length - 'arn:aws'.length - rest.length)}${rest}`;
};
const ARN_OR_NAME =
  '(arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]*:[0-9]{12}:[a-z\\-]*\\/)?([a-zA-Z0-9]([a-zA-Z0-9-]){0,62})(?<!-)';

/** By pattern, as botocore's model has it. A pattern that is not here fails the tests: it wants a sample. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}': { fits: 'a', grows: 'a', breaks: 'a_b' },
  '[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?': { fits: 'a', grows: 'a', breaks: 'a-' },
  '[a-zA-Z0-9](-*[a-zA-Z0-9])*': { fits: 'a', grows: 'a', breaks: '-a' },
  '[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*': { fits: 'a', grows: 'a', breaks: 'a--b' },
  '[a-zA-Z0-9-]+': { fits: 'a', grows: 'a', breaks: 'a_b' },
  '[a-zA-Z0-9\\-]+': { fits: 'a', grows: '-', breaks: 'a b' },
  '[-0-9a-zA-Z]+': { fits: 'a', grows: '-', breaks: 'a_b' },
  '[A-Za-z0-9\\.\\-_]+': { fits: 'a', grows: '_', breaks: 'a/b' },
  '[a-zA-Z_][a-zA-Z0-9_]*': { fits: 'a', grows: '_', breaks: '1a' },
  '[a-zA-Z_][a-zA-Z0-9_]{0,1023}': { fits: 'a', grows: '_', breaks: '1a' },
  '[a-zA-Z0-9:/_-]*': { fits: 'alias/a', grows: 'a', breaks: 'a b' },
  [ARN_OR_NAME]: { fits: 'a', ofLength: arnOfLength(''), breaks: 'a-' },
  [`${ARN_OR_NAME}(\\/[0-9]{1,9})?`]: { fits: 'a', ofLength: arnOfLength('/1'), breaks: 'a/b' },
  'arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]{9,16}:[0-9]{12}:model-package/[\\S]{1,2048}': {
    fits: 'arn:aws:sagemaker:us-east-1:111122223333:model-package/a',
    grows: 'a',
    breaks: 'arn:aws:sagemaker:us:111122223333:model-package/a',
  },
  'arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:.+': {
    fits: 'arn:aws:sagemaker:us-east-1:111122223333:model/a',
    grows: 'a',
    breaks: 'arn:aws:sagemaker:us-east-1:1111:model/a',
  },
  'arn:aws[a-z\\-]*:sagemaker:[a-z0-9\\-]*:[0-9]{12}:[a-z0-9\\-]{1,14}/.*': {
    fits: 'arn:aws:sagemaker:us-east-1:111122223333:training-plan/a',
    grows: 'a',
    breaks: 'arn:aws:s3:us-east-1:111122223333:training-plan/a',
  },
  'arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+': {
    fits: 'arn:aws:iam::111122223333:role/R',
    grows: 'R',
    breaks: 'arn:aws:iam::1111:role/RRRR',
  },
  'arn:aws[a-z\\-]*:sns:[a-z0-9\\-]*:[0-9]{12}:[a-zA-Z0-9_.-]+': {
    fits: 'arn:aws:sns:us-east-1:111122223333:t',
    grows: 't',
    breaks: 'arn:aws:sqs:us-east-1:111122223333:t',
  },
  '[\\p{L}\\p{M}\\p{Z}\\p{S}\\p{N}\\p{P}]*': { fits: '模型 «größe» +1', grows: 'ß', breaks: 'a\tb' },
  '[\\p{L}\\p{M}\\p{Z}\\p{N}\\p{P}]{0,1024}': { fits: 'models:/größe/1', grows: 'ß', breaks: 'a+b' },
  '([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)': { fits: 'größe 3', grows: '@', breaks: '{"a"}' },
  '([\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@]*)${1,128}': { fits: 'größe 3', grows: '@', breaks: 'a,b' },
  '([\\p{L}\\p{Z}\\p{N}_.:\\/=+\\-@]*)${1,256}': { fits: '模型', grows: '=', breaks: '[1]' },
  '.*': { fits: 'a b', grows: 'ß', breaks: 'a\nb' },
  '.{0,1024}': { fits: 'a b', grows: 'a', breaks: 'a\nb' },
  '[\\S]+': { fits: 'a', grows: ',', breaks: 'a b' },
  '[\\S\\s]*': { fits: 'a\nb', grows: ' ' },
  '[\\S\\s]+': { fits: 'a\nb', grows: ' ' },
  '[\\s\\S]+': { fits: 'a\nb', grows: ' ' },
  '(?!\\s*$).+': { fits: 'a b', grows: 'a', breaks: '  ' },
  '[Ss][Hh][Aa]256:[0-9a-fA-F]{64}': { fits: `sha256:${'a'.repeat(64)}`, breaks: `md5:${'a'.repeat(64)}` },
  '(https|s3)://([^/]+)/?(.*)': { fits: 's3://b/k', grows: 'k', breaks: 'ftp://b/k' },
  '(https|s3)://([^/])/?(.*)': { fits: 's3://b/k', grows: 'k', breaks: 's3:b' },
  '[0-9]\\.[A-Za-z0-9.-]+': { fits: '1.0', grows: '0', breaks: 'a.0' },
  '\\d{1,4}.\\d{1,4}.\\d{1,4}': { fits: '1.0.0', ofLength: () => '2026.1000.9999', breaks: 'a.b.c' },
  '[-\\w]+\\/.+': { fits: 'a/b', grows: 'b', breaks: 'a b' },
  '[a-zA-Z0-9](-*[a-zA-Z0-9])*\\/[a-zA-Z0-9](-*[a-zA-Z0-9.])*': { fits: 'a/b', grows: 'b', breaks: 'a/b+c' },
  '[a-zA-Z0-9](-*[a-zA-Z0-9])*\\/[a-zA-Z0-9](-*[a-zA-Z0-9+.])*': { fits: 'a/b+c', grows: 'b', breaks: 'a' },
  '/(?!.*\\.\\.)[a-zA-Z0-9/_.\\-]+': { fits: '/m', grows: 'm', breaks: '/a/../b' },
  // What the runtime's headers carry.
  '\\p{ASCII}*': { fits: 'a=b', grows: '~', breaks: 'größe' },
  '\\A\\S[\\p{Print}]*\\z': { fits: 'a b', grows: '~', breaks: 'größe' },
  '^[a-zA-Z0-9](-*[a-zA-Z0-9])*': { fits: 'a', grows: 'a', breaks: 'a_b' },
  '^[a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?$': { fits: 'a', grows: 'a', breaks: 'a-' },
  '^(NEW_SESSION)$|^[a-zA-Z0-9](-*[a-zA-Z0-9])*$': { fits: 'NEW_SESSION', breaks: 'OLD_SESSION' },
  // What the developer tools' members are.
  '[\\w\\.-]+': { fits: 'a', grows: '.', breaks: 'a/b' },
  '^[a-zA-Z0-9:/_-]+$': { fits: 'alias/a', grows: 'a', breaks: 'a b' },
  '[A-Za-z0-9][A-Za-z0-9\\-_]{1,149}': { fits: 'aa', grows: '_', breaks: '-a' },
  '^([\\p{L}\\p{Z}\\p{N}_.:/=@+\\-]*)$': { fits: 'größe 3', grows: '@', breaks: 'a,b' },
  '[A-Za-z0-9.@\\-_]+': { fits: 'a', grows: '@', breaks: 'a/b' },
  'arn:aws(-[\\w]+)*:iam::[0-9]{12}:role/.*': {
    fits: 'arn:aws:iam::111122223333:role/R',
    grows: 'R',
    breaks: 'arn:aws:iam::1111:role/RRRR',
  },
  '[a-zA-Z0-9\\-\\.]+': { fits: 'abc', grows: '.', breaks: 'a_b' },
  '[0-9A-Za-z_-]+': { fits: 'a', grows: '_', breaks: 'a b' },
  '[a-zA-Z0-9_\\-]+': { fits: 'a', grows: '_', breaks: 'a.b' },
  '[A-Za-z0-9@\\-_]+': { fits: 'a', grows: '@', breaks: 'a.b' },
  '[A-Za-z0-9_]+': { fits: 'a', grows: '_', breaks: 'a-b' },
  '^[a-zA-Z0-9-]+$': { fits: 'a', grows: '-', breaks: 'a_b' },
  '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}': {
    fits: '01234567-89ab-cdef-0123-456789abcdef',
    breaks: '01234567-89AB-CDEF-0123-456789ABCDEF',
  },
  '[a-zA-Z0-9!@ \\(\\)\\.\\*\\?\\-]+': { fits: 'a', grows: '?', breaks: 'a_b' },
};

/** The sample of a shape's pattern; any text will do for a shape without one. @throws Error for a pattern that has no sample */
export function sampleOf(pattern: string | undefined): Sample {
  if (pattern === undefined) return { fits: 'a', grows: 'a' };
  const sample = SAMPLES[pattern];
  if (!sample) throw new Error(`The pattern ${pattern} has no sample: add one to ${__filename}.`);
  return sample;
}
