import { nodeFunction } from './cloudformation/stacks';

const HANDLER = `
function named(name, message) { const error = new Error(message); error.name = name; return error; }
exports.handler = (event) => {
  if (event.throw) throw named(event.throw, 'thrown');
  if (event.reject) return Promise.reject(named(event.reject, 'rejected'));
  if (event.hang) return new Promise(() => setInterval(() => {}, 1000));
  if (event.tell) return Promise.resolve({ version: process.version, env: process.env });
  return Promise.resolve({ statusCode: 200, body: 'hello' });
};`;

/** Text with references in it, as CloudFormation joins it. */
function join(...parts: unknown[]): unknown {
  return { 'Fn::Join': ['', parts] };
}

const functionArn = { 'Fn::GetAtt': ['Function', 'Arn'] };
const region = { Ref: 'AWS::Region' };
const invocation = join(
  'arn:aws:apigateway:',
  region,
  ':lambda:path/2015-03-31/functions/',
  functionArn,
  '/invocations',
);

/** A stack that falls into every gap of MiniStack that the launcher mends. */
export const TEMPLATE = {
  Resources: {
    Queue: { Type: 'AWS::SQS::Queue' },
    ...nodeFunction(HANDLER, {
      Timeout: 2,
      DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
    }),
    Secret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { Name: 'gaps/secret', GenerateSecretString: { PasswordLength: 48, ExcludePunctuation: true } },
    },
    DefaultSecret: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } },
    Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'gaps' } },
    Method: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: 'Api' },
        ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
        HttpMethod: 'POST',
        AuthorizationType: 'NONE',
        Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST', Uri: invocation },
      },
    },
    Deployment: { Type: 'AWS::ApiGateway::Deployment', DependsOn: 'Method', Properties: { RestApiId: { Ref: 'Api' } } },
    Stage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: 'Api' }, DeploymentId: { Ref: 'Deployment' }, StageName: 'prod' },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: functionArn,
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
      },
    },
  },
  Outputs: {
    FunctionName: { Value: { Ref: 'Function' } },
    QueueArn: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
    SecretRef: { Value: { Ref: 'Secret' } },
    SecretId: { Value: { 'Fn::GetAtt': ['Secret', 'Id'] } },
    DefaultSecretRef: { Value: { Ref: 'DefaultSecret' } },
    Url: { Value: join('https://', { Ref: 'Api' }, '.execute-api.', region, '.amazonaws.com/prod/') },
  },
};
