/**
 * The projects, in the tiers that CONTRIBUTING.md describes. `npm test` runs `unit`, `sandbox-unit` (the parts of the sandbox),
 * `trust` (attacks on the promises, in this process, in a small size), `templates` (what is synthesized, linted) and `e2e` (one
 * promotion, on the whole sandbox). `npm run test:all` adds `bench` (the parts of the benchmarks, and a scan of 100,000 versions),
 * `servers` (single servers of the sandbox on loopback ports, each file its own) and `sandbox` (the files share a whole sandbox, one
 * after the other).
 */
const shared = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/set-up.ts',
  globalTeardown: '<rootDir>/test/support/tear-down.ts',
  setupFiles: ['<rootDir>/test/support/quiet.js'],
  transform: {
    '\\.tsx?$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
    // The Python that a flavour adds to an archive is imported as text, as esbuild does it for the Lambdas.
    '\\.py$': '<rootDir>/test/support/text-transform.js',
  },
  moduleFileExtensions: ['ts', 'js', 'json', 'py', 'node'],
  modulePathIgnorePatterns: [
    '<rootDir>/cdk.out',
    '<rootDir>/.sandbox',
    '<rootDir>/.bench',
    '<rootDir>/.trust',
    '<rootDir>/.mutants',
  ],
};

// Makes the Python environment, or finds it made, and puts its interpreter into PYTHON.
const withPython = { globalSetup: '<rootDir>/test/support/python.ts' };

module.exports = {
  // A core is not kept free: nobody types beside the tests.
  maxWorkers: '100%',
  // A busy machine is no failure.
  testTimeout: 30_000,
  testSequencer: '<rootDir>/test/support/sequencer.js',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/{lib,lambda,bin}/**/*.test.ts', '<rootDir>/product-template/test/**/*.test.ts'],
    },
    { ...shared, ...withPython, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
    { ...shared, displayName: 'trust', testMatch: ['<rootDir>/test/trust/**/*.test.ts'] },
    { ...shared, displayName: 'bench', testMatch: ['<rootDir>/test/bench/**/*.test.ts'] },
    { ...shared, displayName: 'sandbox-unit', testMatch: ['<rootDir>/test/sandbox/unit/**/*.test.ts'] },
    { ...shared, ...withPython, displayName: 'templates', testMatch: ['<rootDir>/test/templates/**/*.test.ts'] },
    { ...shared, ...withPython, displayName: 'servers', testMatch: ['<rootDir>/test/sandbox/servers/**/*.test.ts'] },
    {
      ...shared,
      ...withPython,
      displayName: 'sandbox',
      testMatch: ['<rootDir>/test/sandbox/{story,trust}/**/*.test.ts'],
    },
  ],
};
