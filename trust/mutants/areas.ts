/** Something that a promise rests on; so many of its mutants have to be killed. */
export interface Area {
  readonly id: string;
  readonly parts: readonly Part[];
}

/** Code that is mutated, and the tests that have to notice. */
export interface Part {
  /** Among all parts, for people and for the names of files. */
  readonly id: string;
  /** Files, as globs from the project's root. */
  readonly mutate: readonly string[];
  /** Its own tests: those that only come by would be loaded for each mutant, and noticing it is not their matter. */
  readonly tests: readonly string[];
}

const ARCHIVE = 'lambda/create/archive';
const ARCHIVE_TESTS = 'test/lambda/create/archive';

/** What decides who is let in, what is deployed, how it is named and described, and what is packed. */
export const AREAS: readonly Area[] = [
  area('signature', ['lambda/webhook/{signatures,keyring,receive,events}.ts'], ['test/lambda/webhook/*.test.ts']),
  area('plan', ['lambda/plan/!(handler).ts'], ['test/lambda/plan/!(between-syncs).test.ts']),
  area('naming', ['lambda/shared/names/*.ts'], ['test/lambda/shared/names/*.test.ts']),
  area(
    'metadata',
    ['lambda/shared/packages/{metadata,metadata-text,tag-metadata,left-out}.ts'],
    ['test/lambda/shared/packages/*.test.ts'],
  ),
  area(
    'packing',
    ['lambda/shared/packing/{content-key,entry-names,steering,target-size}.ts'],
    ['test/lambda/shared/packing/{content-key,entry-names,steering,target-size}.test.ts'],
  ),
  {
    id: 'archive',
    parts: [
      {
        id: 'archive-tar',
        mutate: [`${ARCHIVE}/tar/*.ts`],
        tests: [`${ARCHIVE_TESTS}/tar.test.ts`],
      },
      {
        id: 'archive-checksum',
        mutate: [`${ARCHIVE}/checksum/*.ts`],
        tests: [`${ARCHIVE_TESTS}/checksum.test.ts`],
      },
      {
        id: 'archive-gzip',
        mutate: [`${ARCHIVE}/chunks.ts`, `${ARCHIVE}/gzip/!(deflate-module).ts`],
        tests: [`${ARCHIVE_TESTS}/{gzip,deflate,deflaters}.test.ts`],
      },
      {
        id: 'archive-source',
        mutate: [`${ARCHIVE}/source/*.ts`, 'lambda/shared/registry/read-file.ts'],
        tests: [`${ARCHIVE_TESTS}/fetch-ahead.test.ts`, 'test/lambda/shared/registry/read-file.test.ts'],
      },
      {
        id: 'archive-upload',
        mutate: [`${ARCHIVE}/upload/*.ts`],
        tests: [`${ARCHIVE_TESTS}/{upload,part-writer,archive-client}.test.ts`],
      },
      {
        id: 'archive-pack',
        mutate: [`${ARCHIVE}/{pack-archive,ensure-archive}.ts`],
        tests: [`${ARCHIVE_TESTS}/{pack-archive,ensure-archive}.test.ts`],
      },
    ],
  },
];

/** An area of one part. */
function area(id: string, mutate: readonly string[], tests: readonly string[]): Area {
  return { id, parts: [{ id, mutate, tests }] };
}
