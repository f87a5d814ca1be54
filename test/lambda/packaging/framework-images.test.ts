import {
  endOfPatchWarning,
  type Framework,
  frameworkImage,
  frameworkImageUri,
  isFramework,
} from '../../../lambda/packaging/framework-images';
import table from '../../../lambda/packaging/framework-images.json';

const FRAMEWORKS = ['sklearn', 'xgboost', 'tensorflow'] as const;

test.each([
  ['sklearn', '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3'],
  ['xgboost', '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0'],
  ['tensorflow', '763104351884.dkr.ecr.us-east-1.amazonaws.com/tensorflow-inference:2.20.0-cpu-py312'],
] as const)('%s has one image', (framework, uri) => {
  expect(frameworkImageUri(framework, 'us-east-1')).toBe(uri);
});

test('only flavors that AWS has an image for are frameworks', () => {
  expect(FRAMEWORKS.every(isFramework)).toBe(true);
  expect(['python_function', 'toString'].some(isFramework)).toBe(false);
});

test('each image has a URI that SageMaker takes, in each region that AWS has it in', () => {
  for (const framework of FRAMEWORKS) {
    for (const region of Object.keys(table.frameworks[framework].accounts)) {
      // API_ContainerDefinition, Image: at most 255 characters without spaces.
      expect(frameworkImageUri(framework, region)).toMatch(
        /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z0-9.-]+\/[a-z-]+:[\w.-]+$/,
      );
    }
  }
  expect(frameworkImageUri('sklearn', 'us-isof-east-1')).toContain('.csp.hci.ic.gov/');
  expect(frameworkImageUri('sklearn', 'cn-north-1')).toContain('.amazonaws.com.cn/');
});

test('a region without the image is refused', () => {
  expect(() => frameworkImageUri('sklearn', 'mars-north-1')).toThrow('region mars-north-1');
});

test.each(FRAMEWORKS)('%s: Python, packages and their source are known', (framework) => {
  const { python, pins, endOfPatch } = frameworkImage(framework);
  expect(python).toMatch(/^3\.\d+$/);
  expect(endOfPatch).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(table.frameworks[framework].source).toContain('github.com/aws/deep-learning-containers');
  expect(Object.entries(pins)).not.toHaveLength(0);
  expect(Object.keys(pins).filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
});

describe('end of patch', () => {
  const warningOf = (framework: Framework, day: string, tag?: string) => {
    const uri = frameworkImageUri(framework, 'us-east-1');
    return endOfPatchWarning(tag === undefined ? uri : uri.replace(/:[^:]+$/, `:${tag}`), new Date(`${day}T12:00:00Z`));
  };

  test('is reported from the day after it', () => {
    expect(warningOf('sklearn', '2027-07-16')).toBeUndefined();
    expect(warningOf('sklearn', '2027-07-17')).toContain('until 2027-07-16');
  });

  test.each([
    ['sklearn', '1.4-2-py312-cpu-py3'],
    ['sklearn', '0.23-1-cpu-py3'],
    ['xgboost', '3.0-5'],
    ['tensorflow', '2.19.0-cpu'],
  ] as const)('has passed for the older images (%s %s)', (framework, tag) => {
    expect(warningOf(framework, '2026-12-01', tag)).toContain('does not patch');
  });

  test.each(['2.0-1-cpu-py3', '1.10-0-cpu-py3', '1.9-1-cpu-py3', 'mine', 'latest'])(
    'is not known of other tags (%s)',
    (tag) => {
      expect(warningOf('sklearn', '2030-01-01', tag)).toBeUndefined();
    },
  );

  test('is not known of other images', () => {
    expect(endOfPatchWarning('111111111111.dkr.ecr.us-east-1.amazonaws.com/mine:1', new Date())).toBeUndefined();
  });
});
