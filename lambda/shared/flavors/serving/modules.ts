import init from './_mlflow_mlops/__init__.py';
import model from './_mlflow_mlops/model.py';
import params from './_mlflow_mlops/params.py';
import request from './_mlflow_mlops/request.py';
import serving from './_mlflow_mlops/serving.py';
import signature from './_mlflow_mlops/signature.py';
import spec from './_mlflow_mlops/spec.py';

/**
 * Folder of the archive with the project's Python package. Script mode installs what `code/` has as top-level names of
 * site-packages, where the names of a model's own modules (`code_paths`) are looked up too.
 */
export const PACKAGE_FOLDER = 'code/_mlflow_mlops';

/** The package's modules that the `inference.py` of a script-mode flavor imports, by file name. */
export const SERVING_MODULES: Readonly<Record<string, string>> = {
  '__init__.py': init,
  'model.py': model,
  'params.py': params,
  'request.py': request,
  'serving.py': serving,
  'signature.py': signature,
  'spec.py': spec,
};
