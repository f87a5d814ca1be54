import { overridesIn } from '../../../lambda/packaging/choice-settings';

const REGISTRY = '111111111111.dkr.ecr.us-east-1.amazonaws.com';

test('parameters name the images of flavors', () => {
  expect(
    overridesIn({
      '/mlflow-mlops/sklearn_image_uri': `${REGISTRY}/mine:1`,
      '/mlflow-mlops/python_function_image_uri': `${REGISTRY}/mlflow-pyfunc:3`,
      '/mlflow-mlops/other_image_uri': `${REGISTRY}/other:1`,
      _errors: ['/mlflow-mlops/xgboost_image_uri'],
    }),
  ).toEqual({ sklearn: `${REGISTRY}/mine:1`, python_function: `${REGISTRY}/mlflow-pyfunc:3` });
});

test('the image that earlier releases built does not count as named by people', () => {
  const parameter = '/mlflow-mlops/python_function_image_uri';
  const built = `${REGISTRY}/modelrepack-modelsyncstack-pythonfunctionimagerepository1a2b3c4d-5e6f:3.17.2-1`;
  expect(overridesIn({ [parameter]: built })).toEqual({});
  expect(overridesIn({})).toEqual({});
});
