import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnRepository, type IRepository, Repository } from 'aws-cdk-lib/aws-codecommit';
import { Construct } from 'constructs';
import { BRANCH } from '../names';

/** Where the archive is that a new repository begins with. */
export interface Seed {
  readonly bucket: string;
  readonly key: string;
}

/** The repository with this application, which the pipeline deploys whenever its branch moves. */
export class ModelRepository extends Construct {
  readonly repository: IRepository;
  /** What others wait for: the pipeline's rule for pushes is below the construct as well. */
  readonly resource: CfnRepository;

  /** @param seed only what makes the repository needs it: CloudFormation reads it then and never again */
  constructor(scope: Construct, id: string, repositoryName: string, seed: Seed | undefined) {
    super(scope, id);
    this.resource = new CfnRepository(this, 'Resource', {
      repositoryName,
      repositoryDescription: "The deployment of a model's SageMaker endpoints: begin with README.md",
      ...(seed ? { code: { branchName: BRANCH, s3: { ...seed } } } : {}),
    });
    // Its history is people's work; one that was just made by a failed launch would only be in the next one's way.
    this.resource.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.repository = Repository.fromRepositoryName(this, 'Named', this.resource.attrName);
  }
}
