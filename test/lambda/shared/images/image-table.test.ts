import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOfPatchWarning, findImage } from '../../../../lambda/shared/images/image-table';
import table from '../../../../lambda/shared/images/table.json';

const uriOf = (framework: 'sklearn' | 'xgboost' | 'tensorflow', frameworkVersion: string, region = 'us-east-1') =>
  findImage(framework, { frameworkVersion }, region).uri;

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
    [
      'tensorflow',
      '2.19.1',
      'us-west-2',
      '763104351884.dkr.ecr.us-west-2.amazonaws.com/tensorflow-inference:2.19.0-cpu',
    ],
    ['tensorflow', '2.4.0', 'us-west-2', '763104351884.dkr.ecr.us-west-2.amazonaws.com/tensorflow-inference:2.4.3-cpu'],
  ] as const)('of %s %s in %s', (framework, version, region, uri) => {
    expect(uriOf(framework, version, region)).toBe(uri);
  });

  test('between two versions is the newer one, which reads what the older wrote', () => {
    expect(uriOf('sklearn', '1.5.2')).toContain(':1.9-0-');
    expect(uriOf('xgboost', '3.1.0')).toContain(':3.2-0');
    expect(uriOf('tensorflow', '2.15.0')).toContain(':2.16.1-');
  });

  test('of a newer major version is taken where the framework reads the older one', () => {
    expect(uriOf('xgboost', '2.1.4')).toContain(':3.0-5');
    expect(uriOf('tensorflow', '1.12.0')).toContain(':1.13.0-');
    expect(() => uriOf('sklearn', '0.24.2')).toThrow('none for version 0.24.2');
  });

  test('is the newest where nobody knows the version', () => {
    expect(uriOf('tensorflow', '')).toContain(':2.20.0-cpu-py312');
  });

  test("among images of one version is the one with the model's Python", () => {
    const { pythonVersion } = findImage('sklearn', { frameworkVersion: '1.4.0', pythonVersion: '3.12.7' }, 'us-east-1');
    expect(pythonVersion).toBe('3.12');
  });

  test.each([
    ['tensorflow', '2.21.0', 'us-east-1', /version 2\.21\.0.*2\.20\.0.*tensorflow_image_uri/],
    ['sklearn', '2.0', 'us-east-1', /version 2\.0.*sklearn_image_uri.*sagemaker_deploy_image.*python_function/],
    ['sklearn', 'nonsense', 'us-east-1', /nonsense/],
    ['sklearn', '1.9.1', 'mars-north-1', /region mars-north-1/],
  ] as const)('that is not there is an error with the ways out (%s %s %s)', (framework, version, region, message) => {
    expect(() => uriOf(framework, version, region)).toThrow(message);
  });

  test('has a URI that SageMaker takes, in each region that AWS has it in', () => {
    for (const framework of ['sklearn', 'xgboost', 'tensorflow'] as const) {
      for (const region of Object.keys(table.frameworks[framework].accounts)) {
        for (const { version } of table.frameworks[framework].images) {
          // API_ContainerDefinition, Image: at most 255 characters without spaces.
          expect(uriOf(framework, version, region)).toMatch(
            /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.[a-z0-9.-]+\/[a-z-]+:[\w.-]+$/,
          );
        }
      }
    }
    expect(uriOf('sklearn', '1.2', 'us-isof-east-1')).toContain('.csp.hci.ic.gov/');
  });
});

describe('end of patch', () => {
  const warningOf = (framework: 'sklearn' | 'tensorflow', version: string, day: string) =>
    endOfPatchWarning(uriOf(framework, version), new Date(`${day}T12:00:00Z`));

  test('is told from the day after it', () => {
    expect(warningOf('sklearn', '1.4.2', '2026-10-30')).toBeUndefined();
    expect(warningOf('sklearn', '1.4.2', '2026-10-31')).toContain('until 2026-10-30');
  });

  test('of an image without a date is that of the next newer one', () => {
    expect(warningOf('tensorflow', '2.8.0', '2026-11-24')).toContain('ended with 2.16.1 on 2025-03-07');
    expect(warningOf('tensorflow', '2.8.0', '2024-01-01')).toBeUndefined();
    expect(warningOf('tensorflow', '2.20.0', '2030-01-01')).toBeUndefined();
  });

  test('of other images is not known', () => {
    expect(endOfPatchWarning('111111111111.dkr.ecr.us-east-1.amazonaws.com/mine:1', new Date())).toBeUndefined();
    expect(endOfPatchWarning(`${uriOf('sklearn', '1.4.2')}-mine`, new Date('2030-01-01'))).toBeUndefined();
  });
});

test('the table is made anew from the SDK by one script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'image-table-'));
  try {
    const wheel = join(folder, 'sagemaker_core-9.9-py3-none-any.whl');
    const script = `
import json, sys, zipfile
table = json.load(open(sys.argv[2]))["frameworks"]
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    for name, framework in table.items():
        versions = {i["version"]: {"repository": framework["repository"], "registries": framework["accounts"]} for i in reversed(framework["images"])}
        versions["1"] = {"repository": "other", "registries": {}}
        wheel.writestr(f"sagemaker/core/image_uri_config/{name}.json", json.dumps({"inference": {"versions": versions}}))
`;
    const root = join(__dirname, '../../../..');
    const python = process.env.PYTHON ?? 'python3';
    execFileSync(python, ['-c', script, wheel, join(root, 'lambda/shared/images/table.json')]);
    const output = join(folder, 'table.json');
    execFileSync(python, [join(root, 'scripts/refresh-image-table.py'), wheel, output]);
    const made = JSON.parse(readFileSync(output, 'utf8')) as typeof table;
    expect(made.sources[0]).toContain('sagemaker_core-9.9');
    for (const framework of ['sklearn', 'xgboost', 'tensorflow'] as const) {
      const versions = (from: typeof table) => from.frameworks[framework].images.map(({ version }) => version);
      expect(versions(made)).toEqual(versions(table));
    }
    expect(() => execFileSync(python, [join(root, 'scripts/refresh-image-table.py')], { stdio: 'pipe' })).toThrow(
      /Usage/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
