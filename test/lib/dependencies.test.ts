import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import manifest from '../../package.json';
import ofProduct from '../../product-template/package.json';
import { projectFiles } from '../support/project-files';

const PROJECT = join(__dirname, '..', '..');
const everything: Readonly<Record<string, string>> = { ...manifest.dependencies, ...manifest.devDependencies };

/** The packages that the TypeScript files of a folder import, other than for their types alone. */
function importedBy(folder: string): string[] {
  const files = projectFiles().filter((file) => file.startsWith(`${folder}/`) && /\.ts$/.test(file));
  const statement = /^(?:import|export) (?!type )(?:[^;']*? from )?'([^.'][^']*)'/gm;
  const imports = files.flatMap((file) => [...readFileSync(join(PROJECT, file), 'utf8').matchAll(statement)]);
  const names = imports.map(([, path = '']) => path.split('/', path.startsWith('@') ? 2 : 1).join('/'));
  return [...new Set(names)].filter((name) => !name.startsWith('node:')).sort();
}

test.each(['lambda', 'lib', 'bin'])('every package that %s/ imports is a dependency, not a devDependency', (folder) => {
  const known = Object.keys(manifest.dependencies);
  const imported = importedBy(folder);
  expect(imported.length).toBeGreaterThan(1);
  expect(imported.filter((name) => !known.includes(name))).toEqual([]);
});

test('all clients of the AWS SDK have one version, here and in the product', () => {
  const clients = Object.entries({ ...everything, ...ofProduct.dependencies }).filter(([name]) =>
    /^@aws-sdk\/(client|lib)-/.test(name),
  );
  expect(new Set(clients.map(([, version]) => version)).size).toBe(1);
});

test('the product pins the versions that this project is tested with', () => {
  const other = Object.entries({ ...ofProduct.dependencies, ...ofProduct.devDependencies }).filter(
    ([name, version]) => everything[name] !== version,
  );
  expect(other).toEqual([]);
});

test('every version is exact', () => {
  expect(Object.entries(everything).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
