const { projects } = require('../../jest.config');

/** The unit tests, of which each area (areas.ts) takes its own. */
module.exports = {
  ...projects.find(({ displayName }) => displayName === 'unit'),
  rootDir: '../..',
  runner: require.resolve('./runner.js'),
  testEnvironment: require.resolve('./environment.js'),
  setupFiles: ['<rootDir>/trust/mutants/no-shrinking.js'],
  // Nothing else is imported, and to look for files is what a test that takes a tenth of a second waits for.
  roots: ['<rootDir>/lambda', '<rootDir>/test', '<rootDir>/bench/servers'],
};
