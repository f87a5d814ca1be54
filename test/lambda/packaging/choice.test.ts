import { chooseImage, type ServedModel } from '../../../lambda/packaging/choice';
import { RefusedError } from '../../../lambda/shared/errors';
import { capturedFolder } from '../../support/captured';
import { choiceSettings } from '../../support/choice-settings';

const MINE = '111111111111.dkr.ecr.us-east-1.amazonaws.com/mine:1';
const THEIRS = '111111111111.dkr.ecr.us-east-1.amazonaws.com/theirs:1';
const XGBOOST = capturedFolder(
  'm-09321475d4a04a0aa1db2255356e2262',
  'mlflow==3.17.2\nnumpy==2.4.6\npandas==2.3.3\nxgboost==3.2.0\n',
);
const ONNX = capturedFolder('onnx', 'mlflow==3.17.2\nonnxruntime==1.27.0\n');

const model = (over: Partial<ServedModel> = {}): ServedModel => ({
  folder: XGBOOST,
  frameworkVersion: '3.2.0',
  imageTag: undefined,
  flavorTag: undefined,
  reasons: [],
  ...over,
});
const SAFE = model();
const UNSAFE = model({ frameworkVersion: '4.0.0' });
const MODES = ['automatic', 'always', 'off'] as const;

describe('the first of these decides', () => {
  const overrides = { xgboost: THEIRS, python_function: THEIRS };

  test.each(MODES)('the tag sagemaker_deploy_image, also with environment images %s', (environmentImages) => {
    const settings = choiceSettings({ overrides, environmentImages });
    const tagged = { ...UNSAFE, imageTag: MINE, flavorTag: 'xgboost' };
    expect(chooseImage('xgboost', tagged, settings)).toEqual({
      way: 'own',
      flavor: 'xgboost',
      image: MINE,
      reason: 'the tag sagemaker_deploy_image names the image',
      patchedBy: 'you',
    });
  });

  test.each(MODES)('the SSM parameter of the flavor, also with environment images %s', (environmentImages) => {
    const settings = choiceSettings({ overrides, environmentImages });
    for (const flavor of ['xgboost', 'python_function'] as const) {
      expect(chooseImage(flavor, UNSAFE, settings)).toMatchObject({
        way: 'own',
        image: THEIRS,
        reason: `the SSM parameter /mlflow-mlops/${flavor}_image_uri names the image`,
      });
    }
  });

  test.each(MODES)('the tag sagemaker_deploy_flavor, also with environment images %s', (environmentImages) => {
    const settings = choiceSettings({ environmentImages });
    expect(chooseImage('xgboost', { ...SAFE, flavorTag: 'xgboost' }, settings)).toMatchObject({ way: 'framework' });
    expect(chooseImage('xgboost', { ...UNSAFE, flavorTag: 'xgboost' }, settings)).toMatchObject({
      way: 'framework',
      reason: expect.stringMatching(
        /^the tag sagemaker_deploy_flavor asks for it, against the rule: .*XGBoost 4\.0\.0/,
      ),
    });
  });

  test('the tag sagemaker_deploy_flavor, with all that the rule has against it', () => {
    const texts = new Map([...XGBOOST.texts, ['requirements.txt', 'pandas==3.0.0\n']]);
    const forced = { ...UNSAFE, folder: { ...XGBOOST, texts }, flavorTag: 'xgboost' };
    expect(chooseImage('xgboost', forced, choiceSettings()).reason).toMatch(/4\.0\.0.*; trained with pandas 3\.0\.0/);
  });

  test('the setting "always": no image of AWS', () => {
    const settings = choiceSettings({ environmentImages: 'always' });
    expect(() => chooseImage('xgboost', SAFE, settings)).toThrow('mlflow-mlops:environment-images is "always"');
    expect(chooseImage('python_function', SAFE, settings)).toMatchObject({ way: 'environment' });
  });

  test('the setting "off": no environment image, with the fix', () => {
    const settings = choiceSettings({ environmentImages: 'off' });
    expect(chooseImage('xgboost', SAFE, settings)).toMatchObject({ way: 'framework' });
    expect(() => chooseImage('python_function', SAFE, settings)).toThrow(
      /environment-images is "off": set it to "automatic" in cdk.json.*python_function_image_uri.*sagemaker_deploy_image/,
    );
  });

  test('the rule, by requirements in other files too', () => {
    const texts = new Map([
      ...XGBOOST.texts,
      ['requirements.txt', '-r other.txt\n'],
      ['other.txt', 'lightgbm==4.0.0\n'],
    ]);
    expect(() => chooseImage('xgboost', model({ folder: { ...XGBOOST, texts } }), choiceSettings())).toThrow(
      /which version of pandas it was trained with; it needs lightgbm==4\.0\.0/,
    );
  });

  test('the rule', () => {
    expect(chooseImage('xgboost', SAFE, choiceSettings())).toEqual({
      way: 'framework',
      flavor: 'xgboost',
      image: '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0',
      reason: "AWS's image of XGBoost 3.2-0 has what the model needs",
      patchedBy: 'AWS until 2027-05-13',
    });
    expect(() => chooseImage('xgboost', UNSAFE, choiceSettings())).toThrow('trained with XGBoost 4.0.0');
  });
});

describe('an environment image', () => {
  test('says why no image of AWS serves the model', () => {
    const reasons = ['xgboost: trained with XGBoost 4.0.0', 'sklearn: another reason'];
    const choice = chooseImage('python_function', { ...SAFE, reasons }, choiceSettings());
    expect(choice).toMatchObject({
      reason: 'xgboost: trained with XGBoost 4.0.0',
      patchedBy: expect.stringContaining('this installation'),
    });
    expect(choice.image).toBeUndefined();
    expect(choice.environment?.spec.packages).toContain('xgboost==3.2.0');
  });

  test('says the flavors of a model that AWS has no image for', () => {
    expect(chooseImage('python_function', model({ folder: ONNX }), choiceSettings()).reason).toBe(
      'AWS has no image for models of the flavors onnx, python_function',
    );
  });

  test('says that people asked for it', () => {
    const asked = { ...SAFE, flavorTag: 'python_function' };
    expect(chooseImage('python_function', asked, choiceSettings()).reason).toContain('tag sagemaker_deploy_flavor');
  });

  test("does not run the model's own script, and says so", () => {
    const files = [...XGBOOST.files, { path: 'sagemaker/inference.py', size: 1 }];
    const { reason } = chooseImage('python_function', model({ folder: { ...XGBOOST, files } }), choiceSettings());
    expect(reason).toContain('sagemaker/inference.py is not used');
  });
});

test('requirements that cannot be installed are a reason against an image of AWS', () => {
  const folder = capturedFolder('m-09321475d4a04a0aa1db2255356e2262', '-e .\n');
  expect(() => chooseImage('xgboost', model({ folder }), choiceSettings())).toThrow(RefusedError);
  expect(() => chooseImage('xgboost', model({ folder, frameworkVersion: '4.0.0' }), choiceSettings())).toThrow(
    /^trained with XGBoost 4\.0\.0, [^;]*; the requirement "-e \." [^;]*$/,
  );
});

test('a fault is no reason', () => {
  const folder = { ...XGBOOST, texts: new Map([['requirements.txt', 1 as never]]) };
  expect(() => chooseImage('xgboost', model({ folder }), choiceSettings())).toThrow(TypeError);
});

test('a region without the image is a reason against it', () => {
  expect(() => chooseImage('xgboost', SAFE, choiceSettings({ region: 'mars-north-1' }))).toThrow(RefusedError);
});
