/** What was sent, and whose secrets are in it. */
export interface Sent {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** True where the headers hold our credentials. Otherwise the address was signed: its query and its headers are what lets one in. */
  readonly withCredentials: boolean;
  /** What was sent as JSON; a member `secret` of it is one, as a webhook's is. */
  readonly body?: unknown;
}

/** A shorter value, as a version's number in a query, opens nothing, and stands in many a text. */
const SECRET_MIN = 8;
const HIDDEN = '***';

/** A server's text without what it repeats of the request's secrets, as they were sent or decoded. */
export function withoutSecrets(text: string, sent: Sent): string {
  // Longer ones first: one may be a part of another.
  const secrets = secretsIn(sent).sort((a, b) => b.length - a.length);
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
}

function secretsIn({ url, headers, withCredentials, body }: Sent): string[] {
  const secrets = withCredentials
    ? [...credentialsIn(headers.authorization ?? ''), ...secretMembers(body)]
    : [...Object.values(headers), ...url.searchParams.values(), ...asWritten(url)].filter(
        (value) => value.length >= SECRET_MIN,
      );
  const forms = secrets.flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  return [...new Set(forms)].filter(Boolean);
}

/** The values of a query, with what escapes there are. */
function asWritten({ search }: URL): string[] {
  return search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
}

/** A token; or a user's name and password, together and the password alone. */
function credentialsIn(authorization: string): string[] {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme !== 'Basic') {
    return [value];
  }
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return [value, pair, pair.slice(pair.indexOf(':') + 1)];
}

function secretMembers(body: unknown): string[] {
  const found: string[] = [];
  JSON.stringify(body ?? null, (key, value: unknown) => {
    if (key === 'secret' && typeof value === 'string') {
      found.push(value);
    }
    return value;
  });
  return found;
}
