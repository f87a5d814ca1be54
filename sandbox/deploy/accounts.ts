/** The region of everything in the sandbox. */
export const REGION = 'us-east-1';

/** The two accounts of the sandbox, both on one MiniStack, which takes an access key of 12 digits for the account's id. */
export const ACCOUNTS = {
  /** Its registry is a Databricks workspace. */
  databricks: '111111111111',
  /** Its registry is an open-source MLflow server. */
  openSource: '222222222222',
} as const;

/** The secret key of both accounts; only the signatures of presigned addresses are checked. */
export const SECRET_KEY = 'sandbox';

/** The bucket that experiments of the MLflow server may keep their artifacts in, and the stacks may read. */
export const ARTIFACT_STORE_BUCKET = 'mlflow-artifacts';

/** The name of the user's secret that holds the registry's credentials. */
export const REGISTRY_SECRET = 'mlflow/credentials';

/** An account to deploy to, with the registry that it follows. */
export interface TargetAccount {
  readonly id: string;
  /** Names the logs of its deployment. */
  readonly name: 'databricks' | 'opensource';
  /** What the user's secret holds. */
  readonly registry: Readonly<Record<string, string>>;
}

/**
 * The accounts with their registries.
 *
 * @param workspace the Databricks front and the token that it takes
 * @param server the URL of the MLflow server; it runs without authentication and so ignores the user and password
 */
export function targetAccounts(
  workspace: { url: string; token: string },
  server: string,
): [TargetAccount, TargetAccount] {
  const databricks = { DATABRICKS_HOST: workspace.url, DATABRICKS_TOKEN: workspace.token };
  const openSource = {
    MLFLOW_TRACKING_URI: server,
    MLFLOW_TRACKING_USERNAME: 'mlflow-mlops',
    MLFLOW_TRACKING_PASSWORD: 'not-checked',
  };
  return [
    { id: ACCOUNTS.databricks, name: 'databricks', registry: databricks },
    { id: ACCOUNTS.openSource, name: 'opensource', registry: openSource },
  ];
}
