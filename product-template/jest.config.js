// The CDK checks each template against CloudFormation's schemas, which takes longer than to synthesize it, and only warns.
process.env.CDK_VALIDATION ??= 'false';

module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out'],
};
