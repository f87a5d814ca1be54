/** Where models are trained: a Python and packages of their time. */
export interface Training {
  /** As the table calls it. */
  readonly name: string;
  /** Minor version of Python. */
  readonly python: string;
  readonly packages: readonly string[];
  /** What is not pinned is as of this day. */
  readonly before?: string;
  /** The models of train.py that are trained here. */
  readonly kinds: readonly string[];
}

const KINDS: readonly string[] = [
  ...['default', 'linear', 'classifier', 'trees', 'boosting', 'hist-boosting', 'one-hot', 'ordinal', 'remainder'],
  ...['text', 'own-module', 'lambda', 'lightgbm', 'onnx', 'pyfunc'],
  ...['xgboost-json', 'xgboost-ubj', 'xgboost-sklearn', 'xgboost-classes', 'xgboost-categorical'],
];

/** Older, equal and newer than AWS's images, with pandas 2 and 3. */
export const TRAININGS: readonly Training[] = [
  {
    name: 'scikit-learn 1.0, MLflow 1.30',
    python: '3.8',
    packages: [
      ...['mlflow==1.30.1', 'scikit-learn==1.0.2', 'pandas==1.5.3', 'numpy==1.23.5', 'xgboost==1.7.6'],
      ...['lightgbm==3.3.5', 'onnx==1.13.1', 'onnxruntime==1.14.1', 'protobuf<4', 'setuptools<81'],
    ],
    kinds: KINDS,
    before: '2023-07-15',
  },
  {
    name: 'scikit-learn 1.2, MLflow 2.1',
    python: '3.9',
    packages: [
      ...['mlflow==2.1.1', 'scikit-learn==1.2.2', 'pandas==1.5.3', 'numpy==1.23.5', 'xgboost==1.7.6'],
      ...['lightgbm==3.3.5', 'onnx==1.13.1', 'onnxruntime==1.14.1', 'setuptools<81'],
    ],
    kinds: KINDS,
    before: '2023-07-15',
  },
  {
    name: 'scikit-learn 1.3, MLflow 2.9',
    python: '3.10',
    packages: [
      ...['mlflow==2.9.2', 'scikit-learn==1.3.2', 'pandas==2.1.4', 'numpy==1.26.4', 'xgboost==2.0.3'],
      ...['lightgbm==4.3.0', 'onnx==1.15.0', 'onnxruntime==1.17.0', 'setuptools<81'],
    ],
    kinds: KINDS,
    before: '2024-03-15',
  },
  {
    name: 'scikit-learn 1.6, MLflow 2.19',
    python: '3.11',
    packages: [
      ...['mlflow==2.19.0', 'scikit-learn==1.6.1', 'pandas==2.2.3', 'numpy==2.0.2', 'xgboost==2.1.4'],
      ...['lightgbm==4.6.0', 'onnx==1.17.0', 'onnxruntime==1.20.1'],
    ],
    kinds: KINDS,
    before: '2025-03-15',
  },
  {
    name: 'scikit-learn 1.9, pandas 2',
    python: '3.12',
    packages: [
      ...['mlflow==3.17.2', 'scikit-learn==1.9.0', 'pandas==2.2.3', 'numpy==2.4.6', 'xgboost==3.2.0'],
      ...['lightgbm==4.6.0', 'onnx', 'onnxruntime', 'skops'],
    ],
    kinds: KINDS,
  },
  {
    name: 'scikit-learn 1.9, pandas 3',
    python: '3.12',
    packages: [
      ...['mlflow==3.17.2', 'scikit-learn==1.9.1', 'pandas>=3', 'numpy', 'xgboost==3.2.0'],
      ...['lightgbm==4.6.0', 'onnx', 'onnxruntime', 'skops'],
    ],
    kinds: KINDS,
  },
  {
    name: 'scikit-learn 1.9, XGBoost 3.3',
    python: '3.13',
    packages: [
      ...['mlflow==3.17.2', 'scikit-learn==1.9.1', 'pandas>=3', 'numpy', 'xgboost==3.3.0'],
      ...['lightgbm==4.6.0', 'onnx', 'onnxruntime', 'skops'],
    ],
    kinds: KINDS,
  },
  {
    name: 'TensorFlow 2.20',
    python: '3.12',
    packages: ['mlflow==3.17.2', 'tensorflow-cpu==2.20.0'],
    kinds: ['tensorflow'],
  },
];
