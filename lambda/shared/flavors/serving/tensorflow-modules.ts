import init from './_mlflow_mlops/__init__.py';
import tfsAnswers from './_mlflow_mlops/tfs_answers.py';
import tfsClient from './_mlflow_mlops/tfs_client.py';
import tfsFront from './_mlflow_mlops/tfs_front.py';
import tfsSpec from './_mlflow_mlops/tfs_spec.py';
import tfsTable from './_mlflow_mlops/tfs_table.py';
import tfsTensors from './_mlflow_mlops/tfs_tensors.py';

/**
 * The package's modules that the TensorFlow flavor's `inference.py` imports, by file name. AWS's TensorFlow inference image puts
 * `code/` on Python's path.
 */
export const TENSORFLOW_MODULES: Readonly<Record<string, string>> = {
  '__init__.py': init,
  'tfs_answers.py': tfsAnswers,
  'tfs_client.py': tfsClient,
  'tfs_front.py': tfsFront,
  'tfs_spec.py': tfsSpec,
  'tfs_table.py': tfsTable,
  'tfs_tensors.py': tfsTensors,
};
