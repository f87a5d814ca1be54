import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-codecommit';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { CodePipelineSource } from 'aws-cdk-lib/pipelines';
import type { IConstruct } from 'constructs';
import type { Settings } from '../settings';

/** The branch of the CodeCommit repository that is deployed. */
const BRANCH = 'main';

/**
 * Where the pipeline takes this project's code from: the CodeCommit repository that the parameter `RepositoryName` names, or a
 * repository behind a CodeConnections connection (GitHub, GitLab, Bitbucket).
 */
export function pipelineSource(stack: Stack, source: Settings['source']): CodePipelineSource {
  if (source.type === 'connection') {
    return CodePipelineSource.connection(source.repository, source.branch, {
      connectionArn: source.connectionArn,
      actionName: 'Source',
    });
  }
  const repositoryName = new CfnParameter(stack, 'RepositoryName', {
    description: 'Name of the CodeCommit repository with this project',
    type: 'String',
    default: 'mlflow-mlops',
    allowedPattern: '^[\\w.-]{1,100}$',
    constraintDescription: 'must be the name of a CodeCommit repository, such as mlflow-mlops',
  });
  const repository = Repository.fromRepositoryName(stack, 'Repository', repositoryName.valueAsString);
  return CodePipelineSource.codeCommit(repository, BRANCH, { actionName: 'Source' });
}

/**
 * Lets the source's action use its connection. CDK grants it by the action's old name only, which is not taken for connections
 * whose ARN has the new one (docs.aws.amazon.com/dtconsole/latest/userguide/rename.html).
 */
export function grantConnection(pipeline: IConstruct, source: Settings['source']): void {
  if (source.type !== 'connection') {
    return;
  }
  const statement = new PolicyStatement({
    actions: ['codeconnections:UseConnection'],
    resources: [source.connectionArn],
  });
  for (const node of pipeline.node.findAll()) {
    if (node instanceof Role && node.node.path.includes('/Source/')) {
      node.addToPolicy(statement);
    }
  }
}
