/** The MLflow whose scoring server the image has: the version that this project is tested with. */
export const MLFLOW_VERSION = '3.17.2';

/** A tag for each way of building, since a pushed tag is never changed: count up what follows the version. */
const TAG = `${MLFLOW_VERSION}-1`;

/** A phase of a buildspec (docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html). */
export interface Phase {
  readonly 'runtime-versions'?: Readonly<Record<string, string>>;
  readonly commands: readonly string[];
}

/**
 * The phases that build the image with MLflow's own command, push it to `$REPOSITORY_URI` and name it in the SSM parameter
 * `$PARAMETER`, unless that names an image from elsewhere: somebody chose it. A repository of this stack is known by its name,
 * also that of an installation before this one, which may be gone.
 */
export function buildCommands(): Readonly<Record<'install' | 'pre_build' | 'build', Phase>> {
  const image = `$REPOSITORY_URI:${TAG}`;
  return {
    install: { 'runtime-versions': { python: '3.12' }, commands: [`pip install --quiet mlflow==${MLFLOW_VERSION}`] },
    pre_build: {
      commands: [`aws ecr get-login-password | docker login --username AWS --password-stdin "\${REPOSITORY_URI%%/*}"`],
    },
    build: {
      commands: [
        // An image that is there already was pushed by a build that ended before it named it.
        `docker pull --quiet "${image}" || (mlflow sagemaker build-and-push-container --build --no-push --container mlflow-pyfunc && docker tag mlflow-pyfunc "${image}" && docker push "${image}")`,
        `current=$(aws ssm get-parameter --name "$PARAMETER" --query Parameter.Value --output text 2>/dev/null || true)`,
        `case "$current" in ""|*/modelrepack-modelsyncstack-pythonfunctionimage*) aws ssm put-parameter --name "$PARAMETER" --value "${image}" --type String --overwrite;; *) echo "$PARAMETER names $current: it stays";; esac`,
      ],
    },
  };
}
