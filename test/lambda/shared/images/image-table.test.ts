import { imageUri } from '../../../../lambda/shared/images/image-table';

describe('image', () => {
  test.each([
    [
      'sklearn',
      '1.9.1',
      'us-east-1',
      '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3',
    ],
    [
      'sklearn',
      '1.2.2',
      'eu-west-1',
      '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3',
    ],
    ['xgboost', '3.2.0', 'us-east-1', '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0'],
    ['xgboost', '1.7.6', 'cn-north-1', '450853457545.dkr.ecr.cn-north-1.amazonaws.com.cn/sagemaker-xgboost:1.7-1'],
  ] as const)('of %s %s in %s', (framework, version, region, uri) => {
    expect(imageUri(framework, version, region)).toBe(uri);
  });

  test('between two versions is the newer one, which reads what the older wrote', () => {
    expect(imageUri('sklearn', '1.5.2', 'us-east-1')).toContain(':1.9-0-');
    expect(imageUri('xgboost', '3.1.0', 'us-east-1')).toContain(':3.2-0');
  });

  test.each([
    ['xgboost', '2.1.4', 'us-east-1', /version 2\.1\.4.*3\.2-0.*xgboost_image_uri/],
    ['sklearn', '2.0', 'us-east-1', /version 2\.0.*sklearn_image_uri/],
    ['sklearn', 'nonsense', 'us-east-1', /nonsense/],
    ['sklearn', '1.9.1', 'mars-north-1', /region mars-north-1/],
  ] as const)('that is not there is an error with the way out (%s %s %s)', (framework, version, region, message) => {
    expect(() => imageUri(framework, version, region)).toThrow(message);
  });
});
