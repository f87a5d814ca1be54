import type { Resource } from './product-template';

type Resources = Readonly<Record<string, Resource>>;

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '111111111111',
  'AWS::StackName': 'a-stack',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** ARNs by type, of a resource that is called `name` (docs.aws.amazon.com/service-authorization, Resource types). */
const ARNS: Readonly<Record<string, (name: string) => string>> = {
  'AWS::CodeBuild::Project': (name) => `arn:aws:codebuild:us-east-1:111111111111:project/${name}`,
  'AWS::CodePipeline::Pipeline': (name) => `arn:aws:codepipeline:us-east-1:111111111111:${name}`,
  'AWS::DynamoDB::GlobalTable': (name) => `arn:aws:dynamodb:us-east-1:111111111111:table/${name}`,
  'AWS::ECR::Repository': (name) => `arn:aws:ecr:us-east-1:111111111111:repository/${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::111111111111:role/${name}`,
  'AWS::KMS::Key': (name) => `arn:aws:kms:us-east-1:111111111111:key/${name}`,
  'AWS::Lambda::Function': (name) => `arn:aws:lambda:us-east-1:111111111111:function:${name}`,
  'AWS::Logs::LogGroup': (name) => `arn:aws:logs:us-east-1:111111111111:log-group:${name}:*`,
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name.toLowerCase()}`,
  'AWS::SecretsManager::Secret': (name) => `arn:aws:secretsmanager:us-east-1:111111111111:secret:${name}-a1b2c3`,
  'AWS::SNS::Topic': (name) => `arn:aws:sns:us-east-1:111111111111:${name}`,
  'AWS::SQS::Queue': (name) => `arn:aws:sqs:us-east-1:111111111111:${name}`,
  'AWS::StepFunctions::StateMachine': (name) => `arn:aws:states:us-east-1:111111111111:stateMachine:${name}`,
};

/** Types whose `Ref` is their ARN. */
const REF_IS_ARN = new Set(['AWS::SecretsManager::Secret', 'AWS::SNS::Topic', 'AWS::StepFunctions::StateMachine']);

/**
 * A part of a template with its intrinsic functions resolved, as it would be deployed: each resource is called by its logical id.
 *
 * @throws Error for a function or an attribute that this does not know, with what to add
 */
export function resolveIntrinsics(node: unknown, resources: Resources): unknown {
  if (Array.isArray(node)) {
    return node.map((item) => resolveIntrinsics(item, resources));
  }
  if (typeof node !== 'object' || node === null) {
    return node;
  }
  const [[key = '', value], ...others] = Object.entries(node) as [[string?, unknown?], ...unknown[]];
  if (others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) {
    return resolved(key, value, resources);
  }
  return Object.fromEntries(Object.entries(node).map(([name, part]) => [name, resolveIntrinsics(part, resources)]));
}

function resolved(name: string, value: unknown, resources: Resources): string {
  const text = (part: unknown) => String(resolveIntrinsics(part, resources));
  switch (name) {
    case 'Ref':
      return reference(String(value), resources);
    case 'Fn::GetAtt': {
      const [id = '', attribute = ''] = typeof value === 'string' ? value.split('.') : (value as string[]);
      return attributeOf(id, attribute, resources);
    }
    case 'Fn::Join': {
      const [separator, parts] = value as [string, unknown[]];
      return parts.map(text).join(separator);
    }
    case 'Fn::Select': {
      const [index, { 'Fn::Split': split }] = value as [number, { 'Fn::Split': [string, unknown] }];
      return text(split[1]).split(split[0])[Number(index)] ?? '';
    }
    case 'Fn::Sub':
      return String(value).replace(/\$\{([\w:]+)(?:\.(\w+))?\}/g, (_all, id: string, attribute?: string) =>
        attribute === undefined ? reference(id, resources) : attributeOf(id, attribute, resources),
      );
    default:
      throw new Error(`resolve-intrinsics.ts does not know ${name}: add it there`);
  }
}

function reference(id: string, resources: Resources): string {
  const type = resources[id]?.Type;
  return PSEUDO[id] ?? (type !== undefined && REF_IS_ARN.has(type) ? attributeOf(id, 'Arn', resources) : id);
}

function attributeOf(id: string, attribute: string, resources: Resources): string {
  const type = resources[id]?.Type ?? '';
  if (!/Arn$/.test(attribute)) {
    return id;
  }
  const arn = ARNS[type];
  if (arn === undefined) {
    throw new Error(`resolve-intrinsics.ts knows no ARN of ${type}, as of ${id}.${attribute}: add it there`);
  }
  return arn(id);
}
