/** Code that is mutated, and the tests that have to notice. */
export interface Area {
  readonly id: string;
  /** Files, as globs from the project's root. */
  readonly mutate: readonly string[];
  /** Its own tests: of those that only come by, each would be loaded again for each mutant. */
  readonly tests: readonly string[];
}

const ARCHIVE = 'lambda/create/archive';
const ARCHIVE_TESTS = 'test/lambda/create/archive';

/** What decides who is let in, what is deployed, how it is named and described, and what is packed. */
export const AREAS: readonly Area[] = [
  {
    id: 'signature',
    mutate: ['lambda/webhook/{signatures,keyring,receive,events}.ts'],
    tests: ['test/lambda/webhook/*.test.ts'],
  },
  {
    id: 'plan',
    mutate: ['lambda/plan/!(handler).ts'],
    tests: ['test/lambda/plan/!(between-syncs).test.ts'],
  },
  {
    id: 'naming',
    mutate: ['lambda/shared/names/*.ts'],
    tests: ['test/lambda/shared/names/*.test.ts'],
  },
  {
    id: 'metadata',
    mutate: ['lambda/shared/packages/{metadata,metadata-text,tag-metadata,left-out}.ts'],
    tests: ['test/lambda/shared/packages/*.test.ts'],
  },
  {
    id: 'packing',
    mutate: ['lambda/shared/packing/{content-key,entry-names,steering,target-size}.ts'],
    tests: ['test/lambda/shared/packing/{content-key,entry-names,steering,target-size}.test.ts'],
  },
  {
    id: 'archive: tar',
    mutate: [`${ARCHIVE}/tar/*.ts`],
    tests: [`${ARCHIVE_TESTS}/tar.test.ts`],
  },
  {
    id: 'archive: checksum',
    mutate: [`${ARCHIVE}/checksum/*.ts`],
    tests: [`${ARCHIVE_TESTS}/checksum.test.ts`],
  },
  {
    id: 'archive: gzip',
    mutate: [`${ARCHIVE}/chunks.ts`, `${ARCHIVE}/gzip/!(deflate-module).ts`],
    tests: [`${ARCHIVE_TESTS}/{gzip,deflate}.test.ts`],
  },
  {
    id: 'archive: source',
    mutate: [`${ARCHIVE}/source/*.ts`],
    tests: [`${ARCHIVE_TESTS}/{fetch-ahead,read-file}.test.ts`],
  },
  {
    id: 'archive: upload',
    mutate: [`${ARCHIVE}/upload/*.ts`],
    tests: [`${ARCHIVE_TESTS}/{upload,part-writer}.test.ts`],
  },
  {
    id: 'archive: pack',
    mutate: [`${ARCHIVE}/{pack-archive,ensure-archive}.ts`],
    tests: [`${ARCHIVE_TESTS}/{pack-archive,ensure-archive}.test.ts`],
  },
];
