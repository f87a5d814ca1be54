import { javaPattern } from '../../../../sandbox/aws-json/java-pattern';

test.each([
  ['a whole string, not a part', 'a+', ['a', 'aa'], ['', 'ab', 'ba', 'a\n']],
  ['both sides of an alternative', 'a|bc', ['a', 'bc'], ['ac', 'abc']],
  ['Unicode classes', '[\\p{L}\\p{Z}\\p{N}_]*', ['', 'größe 3', '模型'], ['a-b', '{']],
  [
    "an anchor that is repeated, as in SageMaker's metadata",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a pattern
    '([\\p{L}:\\/=+\\-@]*)${1,128}',
    ['a:/=+-@'],
    ['a,b', '"'],
  ],
  ['POSIX classes, in a class and alone', '[\\p{Alnum}-]\\p{Digit}', ['a1', '-9'], ['_1', 'aa']],
  ['escapes that JavaScript does not know in Unicode mode', '[a-z]+\\-[\\_\\ ]', ['a-_', 'b- '], ['a_', 'a-x']],
  ['lookbehind', '([a-z-]+)(?<!-)', ['a', 'a-b'], ['a-', '-']],
  ['\\A and \\z', '\\A\\S[\\p{Print}]*\\z', ['a b'], [' a', 'aé']],
  ['characters outside the basic plane as one', '.{1,2}', ['😀😀'], ['😀😀😀']],
])('matches %s', (_what, pattern, fitting, unfitting) => {
  const regExp = javaPattern(pattern);
  expect(fitting.filter((text) => !regExp.test(text))).toEqual([]);
  expect(unfitting.filter((text) => regExp.test(text))).toEqual([]);
});
