import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PROJECT } from '../../sandbox/processes/paths';
import { projectFiles } from './project-files';

/**
 * Pushes the working tree of this project to a repository, as a user does who begins with it.
 *
 * @param repository path of a bare repository
 * @param settings goes into the pushed cdk.json, below `mlflow-mlops:`
 * @param takes whether a file, by its path from the project's root, comes along
 */
export function pushProject(
  repository: string,
  settings: Readonly<Record<string, unknown>>,
  takes: (file: string) => boolean = () => true,
): void {
  const folder = mkdtempSync(join(tmpdir(), 'mlflow-mlops-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    for (const file of projectFiles().filter(takes)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(PROJECT, file), join(folder, file));
    }
    const cdkJson = join(folder, 'cdk.json');
    const app = JSON.parse(readFileSync(cdkJson, 'utf8'));
    for (const [name, value] of Object.entries(settings)) {
      app.context[`mlflow-mlops:${name}`] = value;
    }
    writeFileSync(cdkJson, JSON.stringify(app, null, 2));
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all');
    git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'The project');
    git('push', '--quiet', repository, 'main');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
