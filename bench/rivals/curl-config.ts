/**
 * A configuration of curl's that downloads files below the current folder.
 *
 * @param base URL of the folder, without a trailing slash
 * @param paths of the files, with `/` between their parts
 */
export function curlConfig(base: string, paths: readonly string[]): string {
  return paths
    .map((path) => `url = "${base}/${path.split('/').map(encodeURIComponent).join('/')}"\noutput = ${quoted(path)}\n`)
    .join('');
}

/** In curl's quotes `\` and `"` need a `\` before them (curl.se/docs/manpage.html, --config). */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
