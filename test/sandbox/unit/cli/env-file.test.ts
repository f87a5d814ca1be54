import { execFileSync } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { formatEnv, parseEnv, readEnvFile, writeEnvFile } from '../../../../sandbox/cli/env-file';

const folder = mkdtempSync(join(tmpdir(), 'env file '));

it('reads what it wrote, whatever the values are', () => {
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/).filter((word) => word !== '__proto__');
  const value = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', ''));
  fc.assert(
    fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (values) => {
      expect(parseEnv(formatEnv(values))).toEqual(values);
    }),
  );
});

it('is read by a shell as it was meant', () => {
  const values = {
    PLAIN: 'http://127.0.0.1:80/a?b=c&d=e',
    SPACES: '/a folder/with spaces',
    QUOTES: `it's "so" $HOME \`id\` \\`,
    SIGNS: '[2l<nM>}2c?^\\0(2gx]Av[r*;#!~',
    EMPTY: '',
  };
  const file = join(folder, 'env');
  writeEnvFile(file, values);
  const script = 'set -a; . "$1"; "$2" -p "JSON.stringify(process.env)"';
  const seen = execFileSync('sh', ['-c', script, 'sh', file, process.execPath], { encoding: 'utf8' });
  expect(JSON.parse(seen)).toMatchObject(values);
});

it('leaves values bare that need no quotes, so that simple parsers read them', () => {
  expect(formatEnv({ URI: 'http://127.0.0.1:5000', ARN: 'arn:aws:iam::1:role/a' })).toBe(
    'URI=http://127.0.0.1:5000\nARN=arn:aws:iam::1:role/a\n',
  );
  expect(formatEnv({ PYTHON: '/a b/python' })).toBe("PYTHON='/a b/python'\n");
});

it('is for its owner only', () => {
  const file = join(folder, 'secret');
  writeEnvFile(file, { TOKEN: 'dapi' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readEnvFile(file)).toEqual({ TOKEN: 'dapi' });
});

it('passes over comments and empty lines, and names a line that is neither', () => {
  expect(parseEnv('# a comment\n\nA=1\n')).toEqual({ A: '1' });
  expect(() => parseEnv('A=1\nexport B=2\n')).toThrow('line 2 of the environment file is not NAME=value: export B=2');
});

it('refuses a value of several lines', () => {
  expect(() => formatEnv({ KEY: 'a\nb' })).toThrow('several lines');
});
