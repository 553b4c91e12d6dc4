import { describe, expect, it } from 'vitest';
import {
  type HaproxyTarget,
  renderHaproxyConfig,
  renderTargetSnippet,
} from '../../../../src/providers/traffic/haproxy/config.ts';
import { haproxyOptions, haproxySettings } from '../../../../src/providers/traffic/haproxy/settings.ts';
import { haproxy } from '../../../../src/providers/traffic/haproxy.ts';

const target: HaproxyTarget = {
  target: 'demo/shop',
  bind: '127.0.0.1:8080',
  servers: { blue: '127.0.0.1:1', green: '127.0.0.1:2' },
};
const render = (...targets: HaproxyTarget[]) =>
  renderHaproxyConfig({ mapsDir: '/maps', socket: '/run/h.sock', targets });

describe('the rendered configuration', () => {
  it('has a frontend per address and two backends per target', () => {
    const config = render(target, { ...target, target: 'demo/cart', when: '{ path_beg /cart }' });
    expect(config.match(/^frontend .*/gm)).toEqual(['frontend demo_shop']);
    expect(config.match(/^backend .*/gm)).toEqual([
      'backend demo_shop_blue',
      'backend demo_shop_green',
      'backend demo_cart_blue',
      'backend demo_cart_green',
    ]);
    expect(config.lastIndexOf('http-request')).toBeLessThan(config.indexOf('use_backend'));
  });

  it('refuses two targets that would share a backend', () => {
    const same = { ...target, target: 'demo/other', backends: { blue: 'demo_shop_blue', green: 'other' } };
    expect(() => render(target, same)).toThrow(/demo_shop_blue/);
  });

  it.each<[string, Partial<HaproxyTarget>]>([
    ['target', { target: 'demo/shop\nbackend x' }],
    ['address', { bind: '127.0.0.1:1\n  log x' }],
    ['server', { servers: { blue: 'a b', green: 'c' } }],
    ['backend', { backends: { blue: 'a b', green: 'c' } }],
    ['header', { matchHeader: 'x) -m found' }],
    ['cookie', { affinity: { cookie: 'a),rand(1' } }],
    ['condition', { when: 'TRUE\n deny' }],
  ])('takes no line from a %s', (_, change) => {
    expect(() => render({ ...target, ...change })).toThrow();
  });

  it('takes no line from a path', () => {
    for (const mapsDir of ["/a'b", '/a"b', '/a\nb', '/a;b', '/a$b']) {
      expect(() => renderTargetSnippet({ target: 'demo/shop', mapsDir })).toThrow();
    }
  });

  it('draws the same user differently for different targets', () => {
    const seed = (id: string) =>
      /xxh32\((\d+)\)/.exec(
        renderTargetSnippet({ target: id, mapsDir: '/maps', affinity: { cookie: 'user' } }),
      )?.[1];
    expect(seed('demo/shop')).not.toBe(seed('demo/cart'));
    expect(seed('demo/shop')).toBe(seed('demo/shop'));
  });
});

describe('settings and options', () => {
  it.each(['/run/haproxy.sock', '127.0.0.1:9999', '[::1]:9999', 'haproxy.test:9999'])(
    'accept %s',
    (socket) => {
      expect(haproxySettings.safeParse({ socket, mapsDir: '/maps' }).success).toBe(true);
    },
  );

  it.each(['nowhere', '127.0.0.1:99999', '/a\n'])('refuse the socket %j', (socket) => {
    expect(haproxySettings.safeParse({ socket, mapsDir: '/maps' }).success).toBe(false);
  });

  it('refuse folders and backends that would end a command', () => {
    expect(haproxySettings.safeParse({ socket: '/s', mapsDir: '/a;b' }).success).toBe(false);
    expect(haproxyOptions.safeParse({ backends: { blue: 'a;b', green: 'c' } }).success).toBe(false);
    expect(haproxyOptions.safeParse({ backends: { blue: 'a', green: 'a' } }).success).toBe(false);
    expect(haproxyOptions.safeParse({ nonsense: 1 }).success).toBe(false);
  });
});

describe('calls with impossible numbers', () => {
  const provider = haproxy.create({ socket: '/no/such.sock', mapsDir: '/maps' });
  const shop = { id: 'demo/shop', options: {} };
  const route = (weightPercent: number) => ({ weightPercent, match: null });

  it.each([0, -1, 1.5, Number.NaN])('refuse the epoch %d', async (epoch) => {
    await expect(provider.restore(shop, epoch)).rejects.toMatchObject({ code: 'request-invalid' });
  });

  it.each([-1, 101, Number.NaN])('refuse the share %d', async (weight) => {
    await expect(provider.setRoute(shop, route(weight), 1)).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });

  it('refuse a lease without an end', async () => {
    await expect(provider.renew(shop, 1, Number.POSITIVE_INFINITY)).rejects.toMatchObject({
      code: 'request-invalid',
    });
  });
});
