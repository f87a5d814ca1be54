/**
 * Three projects, so that the fast tests stay fast:
 * `unit` needs nothing but Node, `templates` bundles and lints what is synthesized,
 * `sandbox` starts real servers (MLflow, MiniStack, the SageMaker stand-in) on loopback ports.
 */
const shared = {
  testEnvironment: 'node',
  transform: {
    '\\.tsx?$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
    // The Python that a flavour adds to an archive is imported as text, as esbuild does it for the Lambdas.
    '\\.py$': '<rootDir>/test/support/text-transform.js',
  },
  moduleFileExtensions: ['ts', 'js', 'json', 'py', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.sandbox'],
};

module.exports = {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/test/{lib,lambda,bin}/**/*.test.ts', '<rootDir>/test/sandbox/unit/**/*.test.ts'] },
    { ...shared, displayName: 'templates', testMatch: ['<rootDir>/test/templates/**/*.test.ts'] },
    { ...shared, displayName: 'sandbox', testMatch: ['<rootDir>/test/sandbox/{servers,story}/**/*.test.ts'] },
  ],
};
