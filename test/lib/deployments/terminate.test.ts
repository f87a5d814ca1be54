import { Match, type Template } from 'aws-cdk-lib/assertions';
import { TERMINATE_FUNCTION } from '../../../product-template/lib/names';
import { definitionOf } from '../../support/state-machine';
import { synthesize } from '../../support/synth';

let template: Template;

beforeAll(() => {
  template = synthesize().modelSync;
}, 60_000);

test('the service token has the name that the product knows', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    FunctionName: TERMINATE_FUNCTION,
    Handler: 'framework.onEvent',
    Environment: {
      Variables: Match.objectLike({
        USER_ON_EVENT_FUNCTION_ARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TerminateBegin'), 'Arn'] },
        USER_IS_COMPLETE_FUNCTION_ARN: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TerminateProceed'), 'Arn'] },
      }),
    },
  });
});

test('it is asked every 10 seconds, for an hour at most', () => {
  const { states } = definitionOf(template, 'Terminate');
  expect(states.get('framework-isComplete-task')?.Retry).toEqual([
    { ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 360, BackoffRate: 1 },
  ]);
});

test('each step is the function of its name', () => {
  for (const Handler of ['index.onEvent', 'index.isComplete']) {
    template.hasResourceProperties('AWS::Lambda::Function', { Handler });
  }
});
