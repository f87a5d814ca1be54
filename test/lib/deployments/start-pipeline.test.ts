import { Match, type Template } from 'aws-cdk-lib/assertions';
import { STARTING_SECONDS } from '../../../lambda/start-pipeline/start';
import { START_PIPELINE_FUNCTION, START_PIPELINE_QUEUE } from '../../../product-template/lib/names';
import { synthesize } from '../../support/synth';

let template: Template;

/** The rules of all models, whose names the enrolment makes. */
const RULES = {
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':events:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      ':rule/sagemaker-DeployModelRule-*',
    ],
  ],
};

beforeAll(() => {
  template = synthesize().modelSync;
}, 60_000);

test('function and queue have the names that the product knows', () => {
  template.hasResourceProperties('AWS::Lambda::Function', { FunctionName: START_PIPELINE_FUNCTION });
  template.hasResourceProperties('AWS::SQS::Queue', { QueueName: START_PIPELINE_QUEUE, SqsManagedSseEnabled: true });
});

test('EventBridge may call the function for the rules of models, and for no other', () => {
  template.hasResourceProperties('AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: RULES,
    FunctionName: { 'Fn::GetAtt': [Match.stringLikeRegexp('^StartPipelineFunction'), 'Arn'] },
  });
});

test('what EventBridge cannot deliver and what the function cannot do comes into the queue, encrypted on its way', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: START_PIPELINE_FUNCTION,
    DeadLetterConfig: { TargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^StartPipelineDeadLetters'), 'Arn'] } },
  });
  template.hasResourceProperties('AWS::SQS::QueuePolicy', {
    Queues: [{ Ref: Match.stringLikeRegexp('^StartPipelineDeadLetters') }],
    PolicyDocument: {
      Statement: Match.arrayEquals([
        Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        Match.objectLike({
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnLike: { 'aws:SourceArn': RULES } },
        }),
      ]),
    },
  });
});

test('an invocation is over before another one takes it for dead', () => {
  const functions = template.findResources('AWS::Lambda::Function', {
    Properties: { FunctionName: START_PIPELINE_FUNCTION },
  });
  const [start] = Object.values(functions);
  expect(start?.Properties.Timeout).toBeLessThan(STARTING_SECONDS);
});
