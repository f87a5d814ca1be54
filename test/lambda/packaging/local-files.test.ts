import { fileReference, localFile } from '../../../lambda/packaging/local-files';

describe('another file of requirements', () => {
  test.each([
    ['-r more.txt', { path: 'more.txt', constraints: false }],
    ['-rmore.txt', { path: 'more.txt', constraints: false }],
    ['-r   more.txt', { path: 'more.txt', constraints: false }],
    ['--requirement=more.txt', { path: 'more.txt', constraints: false }],
    ['-c c.txt', { path: 'c.txt', constraints: true }],
    ['--constraint  =  c.txt', { path: 'c.txt', constraints: true }],
    ['-r ./sub//more.txt', { path: 'sub/more.txt', constraints: false }],
  ])('%s', (line, expected) => {
    expect(fileReference(line, 'requirements.txt')).toEqual(expected);
  });

  test('is relative to the file that names it', () => {
    expect(fileReference('-c c.txt', 'a/b/requirements.txt')?.path).toBe('a/b/c.txt');
  });

  test.each(['numpy', '--requirementmore.txt', '--pre -r more.txt', '--index-url https://example.com/-r x'])(
    '%s names none',
    (line) => {
      expect(fileReference(line, '')).toBeUndefined();
    },
  );
});

describe('a file of the model folder', () => {
  const WHEEL = 'code/field-1.0-py3-none-any.whl';
  test.each([
    [WHEEL, WHEEL, ''],
    [`./${WHEEL}`, WHEEL, ''],
    [`file:${WHEEL}`, WHEEL, ''],
    [`field @ file:${WHEEL}`, WHEEL, ''],
    [`field@./${WHEEL}`, WHEEL, ''],
    [`field[gpu, cpu]  @  ./${WHEEL}`, WHEEL, ''],
    [`${WHEEL} --hash=sha256:ab`, WHEEL, ''],
    [`${WHEEL}   --hash sha256:ab`, WHEEL, ''],
    [`${WHEEL}  ;  os_name == 'nt;'`, WHEEL, " ; os_name == 'nt;'"],
    [`${WHEEL}; os_name == 'nt'`, WHEEL, " ; os_name == 'nt'"],
    ['./code/field', 'code/field', ''],
    ['field-1.0.tar.gz', 'field-1.0.tar.gz', ''],
    ['field-1.0.zip', 'field-1.0.zip', ''],
  ])('%s', (line, path, marker) => {
    expect(localFile(line)).toEqual({ path, marker });
  });

  test.each([
    'numpy==2.1',
    'whl',
    'x.whl.metadata',
    'https://example.com/x-1.0-py3-none-any.whl',
    'HTTPS://example.com/x-1.0-py3-none-any.whl',
    'x @ https://example.com/x-1.0-py3-none-any.whl',
    'x@http://example.com/x-1.0-py3-none-any.whl',
    'git+ssh://example.com/x.zip',
  ])('%s is none', (line) => {
    expect(localFile(line)).toBeUndefined();
  });

  test.each([
    '/x.whl',
    '//host/x.whl',
    '~/x.whl',
    'C:/x.whl',
    '..',
    '../x.whl',
    'a/../x.whl',
    'a\\x.whl',
    'a\0.whl',
    'file:///x.whl',
    './',
  ])('%j is refused', (line) => {
    expect(() => localFile(line.endsWith('.whl') ? line : `${line}/`)).toThrow(/not in the model folder/);
  });
});
