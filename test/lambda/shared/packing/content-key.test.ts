import type { ArchiveEntry } from '../../../../lambda/shared/packing/archive-entry';
import {
  type Artifact,
  archiveKey,
  contentKey,
  contentPrefix,
  filesPrefix,
  groupPrefix,
} from '../../../../lambda/shared/packing/content-key';

const artifact: Artifact = {
  registryId: 'mlflow.example.com',
  artifactId: 'models:/m-1',
  folder: {
    mlmodelHash: 'a'.repeat(64),
    files: [
      { path: 'MLmodel', size: 700 },
      { path: 'model.pkl', size: 4242 },
    ],
  },
};
const entries: ArchiveEntry[] = [
  { path: 'model/model.pkl', size: 4242, source: 'model.pkl' },
  { path: 'code/inference.py', content: 'print(1)\n' },
];

/** The same today as ever: archives that stand are found by it. */
const key = 'aefb9015829e9664883b4609b647516b634683b5';
const { folder } = artifact;

test('the same artifact that is packed the same way has the same key, which names a folder of its group', () => {
  expect(contentKey({ ...artifact, folder: { ...folder } }, [...entries])).toBe(key);
  expect(archiveKey('churn', key)).toMatch(/^models\/churn\/[0-9a-f]{40}\/model\.tar\.gz$/);
});

test('what is made of a content, and all that is made for a group, has a folder of its own', () => {
  expect(groupPrefix('churn')).toBe('models/churn/');
  expect(contentPrefix('churn', 'key')).toBe('models/churn/key/');
  expect(archiveKey('churn', 'key')).toBe('models/churn/key/model.tar.gz');
  expect(filesPrefix('churn', 'key')).toBe('models/churn/key/model/');
});

const [mlmodel = { path: '', size: 0 }, weights = { path: '', size: 0 }] = folder.files;

test.each<[string, Artifact, ArchiveEntry[]]>([
  ['a retrained model with an equal listing', { ...artifact, artifactId: 'models:/m-2' }, entries],
  ['the same name in another registry', { ...artifact, registryId: 'other.example.com' }, entries],
  [
    'an artifact that was logged again under its name',
    { ...artifact, folder: { ...folder, mlmodelHash: 'b'.repeat(64) } },
    entries,
  ],
  [
    'a file of another size',
    { ...artifact, folder: { ...folder, files: [mlmodel, { ...weights, size: 1 }] } },
    entries,
  ],
  [
    'a file with another checksum',
    { ...artifact, folder: { ...folder, files: [mlmodel, { ...weights, checksum: 'etag:"2"' }] } },
    entries,
  ],
  [
    'a listing in which two names changed their files',
    {
      ...artifact,
      folder: {
        ...folder,
        files: [
          { ...mlmodel, path: weights.path },
          { ...weights, path: mlmodel.path },
        ],
      },
    },
    entries,
  ],
  ['a file fewer in the listing', { ...artifact, folder: { ...folder, files: [mlmodel] } }, entries],
  [
    'a file whose name is the content of another one',
    artifact,
    [entries[0] as ArchiveEntry, { path: 'code/inference.py', source: 'print(1)\n', size: 9 }],
  ],
  [
    'a script under another name',
    artifact,
    [entries[0] as ArchiveEntry, { path: 'code/serve.py', content: 'print(1)\n' }],
  ],
  ['a file fewer', artifact, entries.slice(0, 1)],
  ['another script', artifact, [entries[0] as ArchiveEntry, { path: 'code/inference.py', content: 'print(2)\n' }]],
  [
    'a file under another name',
    artifact,
    [{ path: 'model.pkl', size: 4242, source: 'model.pkl' }, entries[1] as ArchiveEntry],
  ],
])('%s has another key', (_what, other, packed) => {
  expect(contentKey(other, packed)).not.toBe(key);
});
