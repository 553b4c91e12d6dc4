/**
 * Addresses that are never asked: where clouds keep the credentials of a machine. Told of each connection, not only of
 * names.
 */
import dns from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

const ownCloud = new BlockList();
ownCloud.addSubnet('169.254.0.0', 16, 'ipv4');
ownCloud.addSubnet('fe80::', 10, 'ipv6');
// Amazon, Google and Oracle by IPv6, Alibaba, Azure, Oracle.
ownCloud.addSubnet('fd00:ec2::', 32, 'ipv6');
ownCloud.addAddress('fd20:ce::254', 'ipv6');
ownCloud.addAddress('fd00:c1::a9fe:a9fe', 'ipv6');
ownCloud.addAddress('100.100.100.200', 'ipv4');
ownCloud.addAddress('168.63.129.16', 'ipv4');
ownCloud.addAddress('192.0.0.192', 'ipv4');
// 169.254.0.0/16 as NAT64 writes it.
ownCloud.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');

/** IPv4 addresses in IPv6 clothes are seen as what they are. */
export function isOwnCloud(address: string): boolean {
  return ownCloud.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Of an address that is written out, which nobody looks up: what speaks against it; null: nothing. */
export function refusedAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) !== 0 && isOwnCloud(bare) ? refusalOf(bare) : null;
}

function refusalOf(host: string): string {
  return `${host} is a link-local or metadata address, which is never asked`;
}

/** For the `lookup` of a connection: a name with such an address among its own is refused as a whole. */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error !== null) return callback(error, []);
    const [first] = found;
    if (first === undefined || found.some(({ address }) => isOwnCloud(address))) {
      return callback(new Error(refusalOf(hostname)), []);
    }
    if (options.all === true) callback(null, found);
    else callback(null, first.address, first.family);
  });
};
