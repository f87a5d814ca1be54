/*
 * What git runs in a repository of the sandbox after a push: it tells the developer tools which references changed, which is
 * what CodeCommit's events are made of. Started as `node post-receive.cjs <file with the server's URL> <repository id>`; the
 * file is read now, since the server may have another port than when the repository was made.
 *
 * Plain JavaScript, because it runs in whatever environment the push was made from.
 */
const { readFileSync } = require('node:fs');

const [, , urlFile, repository] = process.argv;

async function main() {
  const changes = readFileSync(0, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before, after, ref] = line.split(' ');
      return { before, after, ref };
    });
  const url = readFileSync(urlFile, 'utf8').trim();
  const answer = await fetch(`${url}/_sandbox/pushes`, {
    method: 'POST',
    body: JSON.stringify({ repository, changes }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

main().catch((error) => {
  // The push itself is done: git shows this to whoever pushed.
  process.stderr.write(`The sandbox was not told of this push, so no pipeline starts: ${error.message}\n`);
});
