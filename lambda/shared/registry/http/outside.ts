import { type LookupAddress, lookup as lookUp } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { RefusedError } from '../../errors';

/**
 * Addresses of this machine and of its link, where no store is and what is there tells secrets to whoever asks: Lambda's runtime
 * API (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html), and the metadata of instances and containers. Networks of one's
 * own are not among them: stores are there too, S3's own endpoints in a VPC for one.
 */
const LOCAL = new BlockList();
LOCAL.addSubnet('0.0.0.0', 8);
LOCAL.addSubnet('127.0.0.0', 8);
LOCAL.addSubnet('169.254.0.0', 16);
LOCAL.addAddress('::', 'ipv6');
LOCAL.addAddress('::1', 'ipv6');
LOCAL.addSubnet('fe80::', 10, 'ipv6');
// IPv4 addresses that are written, or translated, as IPv6 ones (RFC 4291, section 2.5.5.1; RFC 6052), besides the mapped ones that the list knows.
for (const prefix of ['::', '64:ff9b::']) {
  LOCAL.addSubnet(`${prefix}7f00:0`, 104, 'ipv6');
  LOCAL.addSubnet(`${prefix}a9fe:0`, 112, 'ipv6');
}
// Metadata of instances, by IPv6 (docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
LOCAL.addAddress('fd00:ec2::254', 'ipv6');

/** Whether an address, by its number, is one of this machine or of its link. */
export function isLocalAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LOCAL.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether an URL names this machine or its link, without a question to DNS. */
export function namesThisMachine({ hostname }: URL): boolean {
  const name = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || isLocalAddress(name);
}

/** Looks a host up, and fails where any of its addresses is local: names are as little to be trusted as numbers. */
export const lookupOutside: LookupFunction = (hostname, options, callback) => {
  lookUp(hostname, options, (error, found: string | LookupAddress[], family) => {
    const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
    const local = error === null ? addresses.find((address) => isLocalAddress(address)) : undefined;
    callback(local === undefined ? error : localError(hostname, local), found, family);
  });
};

/** @param address where a name led to it */
export function localError(hostname: string, address?: string): RefusedError {
  const where = address === undefined || address === hostname ? hostname : `${hostname} (${address})`;
  return new RefusedError(`the registry handed out a download address on this machine or its link: ${where}`);
}
