import { describe, expect, it } from 'vitest';
import { neededPackages, withDataByHandle } from '../../../scripts/lib/debs.mjs';

const planned = [
  "'http://mirror.example/pool/liblua5.3-0_5.3.6-2_amd64.deb' liblua5.3-0_5.3.6-2_amd64.deb 122984 MD5Sum:60b9",
  "'http://mirror.example/pool/libc6_2.36-9_amd64.deb' libc6_2.36-9_amd64.deb 2042596 ",
  "'http://mirror.example/pool/haproxy_2.6.12-1%2bdeb12u4_amd64.deb' haproxy_2.6.12-1+deb12u4_amd64.deb 2042596 ",
  "'http://mirror.example/pool/libjs-d3_3.5.17-4_all.deb' libjs-d3_3.5.17-4_all.deb 131800 MD5Sum:e520",
  "'http://mirror.example/pool/fonts-glyphicons_1_all.deb' fonts-glyphicons_1_all.deb 162832 ",
  "'http://mirror.example/pool/haproxy-common_2.6.12-1_all.deb' haproxy-common_2.6.12-1_all.deb 1 ",
  "'http://mirror.example/pool/adduser_3.134_all.deb' adduser_3.134_all.deb 1 ",
].join('\n');

describe('the Debian packages that are fetched', () => {
  it('are the program, what it shares with its variants, and its libraries: no web files, no system set-up, never another C library', () => {
    expect(neededPackages(planned, 'haproxy')).toEqual(['liblua5.3-0', 'haproxy', 'haproxy-common']);
  });

  it('are none if apt plans nothing', () => {
    expect(neededPackages('', 'haproxy')).toEqual([]);
  });
});

describe('a program that looks for its data in the system', () => {
  it('finds them by an open folder instead, and is otherwise the same, byte for byte', () => {
    const before = Buffer.concat([
      Buffer.from([0, 255, 128]),
      Buffer.from('x/usr/share/prometheus/alertmanager/ui'),
    ]);
    const after = withDataByHandle(before, 'usr/share/prometheus/alertmanager');
    expect(after).toHaveLength(before.length);
    expect(after.subarray(0, 4)).toEqual(before.subarray(0, 4));
    expect(after.subarray(4).toString()).toMatch(/^\/proc\/self\/fd\/9\/+ui$/);
  });

  it('is refused when the way to an open folder does not fit in', () => {
    expect(() => withDataByHandle(Buffer.from('/usr'), 'usr')).toThrow(/too short/);
  });
});
