import tfsAnswers from './tfs_answers.py';
import tfsClient from './tfs_client.py';
import tfsFront from './tfs_front.py';
import tfsSpec from './tfs_spec.py';
import tfsTable from './tfs_table.py';
import tfsTensors from './tfs_tensors.py';

/**
 * The Python modules that the TensorFlow flavour's `inference.py` imports, by file name. They go beside it into `code/`,
 * which AWS's TensorFlow inference image puts on Python's path. None may be called `tensorflow_serving` or `tfs_utils`: the
 * image has modules of these names.
 */
export const TENSORFLOW_MODULES: Readonly<Record<string, string>> = {
  'tfs_answers.py': tfsAnswers,
  'tfs_client.py': tfsClient,
  'tfs_front.py': tfsFront,
  'tfs_spec.py': tfsSpec,
  'tfs_table.py': tfsTable,
  'tfs_tensors.py': tfsTensors,
};
