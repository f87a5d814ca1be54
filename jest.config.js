/**
 * Six projects, so that the fast tests stay fast: `unit` needs nothing but Node and takes seconds, `sandbox-unit` tests the
 * sandbox's own parts, `trust` tries in this process to break what is promised, `templates` bundles and lints what is synthesized,
 * `servers` starts real servers (MLflow, MiniStack, the SageMaker stand-in) on loopback ports, each file its own, and the files of
 * `sandbox` share a whole one, one after the other.
 */
const shared = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/support/set-up.ts',
  globalTeardown: '<rootDir>/test/support/tear-down.ts',
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
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/{lib,lambda,bin,bench}/**/*.test.ts', '<rootDir>/product-template/test/**/*.test.ts'],
    },
    { ...shared, displayName: 'trust', testMatch: ['<rootDir>/test/trust/**/*.test.ts'] },
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
