import { ServiceError } from '../../aws-json/errors';

/** CodeCommit's words for a name that is taken. */
export function repositoryNameExists(name: string): ServiceError {
  return new ServiceError('RepositoryNameExistsException', `Repository named ${name} already exists`);
}

/** CodeCommit's words for a name that is not there. */
export function repositoryDoesNotExist(name: string): ServiceError {
  return new ServiceError('RepositoryDoesNotExistException', `${name} does not exist`);
}

/** CodeCommit's words for a name that it does not take. */
export function invalidRepositoryName(name: string): ServiceError {
  return new ServiceError(
    'InvalidRepositoryNameException',
    `The repository name ${name} is not valid: it ends in .git.`,
  );
}
