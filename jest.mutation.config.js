const { projects } = require('./jest.config');

/**
 * What Stryker runs for each mutant: the unit tests of the mutated code. Every file here costs load time per mutant, so tests of
 * other code, and slow tests of the same code, are left out.
 */
module.exports = {
  ...projects.find(({ displayName }) => displayName === 'unit'),
  roots: ['<rootDir>/lambda', '<rootDir>/test'],
  testMatch: [
    '<rootDir>/test/lambda/webhook/*.test.ts',
    '<rootDir>/test/lambda/plan/!(between-syncs).test.ts',
    '<rootDir>/test/lambda/packaging/{choice,satisfies}.test.ts',
    '<rootDir>/test/lambda/shared/names/*.test.ts',
    '<rootDir>/test/lambda/shared/packages/*.test.ts',
    '<rootDir>/test/lambda/shared/packing/{archive-size,content-key,entry-names,steering}.test.ts',
    '<rootDir>/test/lambda/shared/registry/read-file.test.ts',
    '<rootDir>/test/lambda/create/archive/*.test.ts',
  ],
};
