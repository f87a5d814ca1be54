import { steeringOf } from '../../../../lambda/shared/packing/steering';

test('tags steer flavour, image and how endpoints get the files, without the spaces around them', () => {
  const tags = {
    sagemaker_deploy_flavor: ' sklearn ',
    sagemaker_deploy_image: '\tmine:1\n',
    sagemaker_deploy_model_data: ' uncompressed ',
  };
  expect(steeringOf({ tags })).toEqual({ flavor: 'sklearn', image: 'mine:1', modelData: 'uncompressed' });
});

test.each([{}, { sagemaker_deploy_flavor: '', sagemaker_deploy_image: ' ', sagemaker_deploy_model_data: '  ' }])(
  'where there are none, or empty ones, the choice is left: %j',
  (tags) => {
    expect(steeringOf({ tags })).toEqual({ flavor: undefined, image: undefined, modelData: 'archive' });
  },
);
