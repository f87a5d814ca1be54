import { attributesOf } from '../../../lambda/enrolment/attributes';
import { parseStartRequest } from '../../../lambda/start-pipeline/start-request';

test('what the enrolment writes is what the function takes', () => {
  const { StartPipelineInput } = attributesOf('My Model', 'my-model--0123456789abcdef', 'arn:stack');
  expect(parseStartRequest(JSON.parse(StartPipelineInput))).toEqual({
    modelName: 'My Model',
    groupName: 'my-model--0123456789abcdef',
    pipelineName: 'sagemaker-mlflow-my-model--0123456789abcdef-pipeline',
    stack: 'arn:stack',
  });
});

test('an event of somebody else is refused by name', () => {
  expect(() => parseStartRequest({ modelName: 'churn', groupName: 'churn', stack: 's' })).toThrow(
    /pipelineName.*StartPipelineInput/,
  );
});
