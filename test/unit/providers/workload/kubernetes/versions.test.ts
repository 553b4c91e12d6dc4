import { describe, expect, it } from 'vitest';
import { kubernetesOptions } from '../../../../../src/providers/workload/kubernetes/options.ts';
import type { PodTemplate } from '../../../../../src/providers/workload/kubernetes/shapes.ts';
import {
  imageOf,
  versionLabel,
  versionOf,
} from '../../../../../src/providers/workload/kubernetes/versions.ts';

const digest = '0123456789abcdef'.repeat(4);
const options = (given: object = {}) => kubernetesOptions.parse(given);
const template = (image: string, labels: Record<string, string> = {}): PodTemplate => ({
  metadata: { labels },
  spec: { containers: [{ name: 'app', image }] },
});

describe('the image of a version', () => {
  it.each([
    ['registry:5000/team/shop:v1', 'v2', 'registry:5000/team/shop:v2'],
    ['registry:5000/team/shop', 'v2', 'registry:5000/team/shop:v2'],
    [`shop:v1@sha256:${digest}`, 'v2', 'shop:v2'],
    ['shop:v1', digest, `shop@sha256:${digest}`],
  ])('of %s in version %s is %s', (current, version, image) => {
    expect(imageOf(version, current, undefined)).toBe(image);
    expect(versionOf(template(image), options(), 'shop')).toBe(version);
  });

  it('is what the plan says, and is read by the same', () => {
    const image = 'mirror/shop:release-{{version}}-slim';
    expect(imageOf('v2+rc.1', 'shop:v1', 'mirror/shop@{{version}}')).toBe('mirror/shop@v2+rc.1');
    expect(versionOf(template('mirror/shop:release-v2-slim'), options({ image }), 'shop')).toBe('v2');
    expect(versionOf(template('shop:v1'), options({ image }), 'shop')).toBe('v1');
  });

  it('cannot have a tag that is none', () => {
    expect(() => imageOf('v2+rc.1', 'shop:v1', undefined)).toThrow(/cannot be the tag of an image/);
  });

  it('with a tag that says nothing is told by the label, if there is one', () => {
    expect(versionOf(template('shop:latest', { [versionLabel]: 'v7' }), options(), 'shop')).toBe('v7');
    expect(versionOf(template('shop'), options(), 'shop')).toBe('latest');
    expect(versionOf(template('shop:v1', { [versionLabel]: 'v7' }), options(), 'shop')).toBe('v1');
  });
});

describe('the container', () => {
  const two: PodTemplate = {
    metadata: {},
    spec: {
      containers: [
        { name: 'proxy', image: 'envoy:1' },
        { name: 'shop', image: 'shop:v1' },
      ],
    },
  };

  it('is the one named like the Deployment, or the one that the plan names', () => {
    expect(versionOf(two, options(), 'shop')).toBe('v1');
    expect(versionOf(two, options({ container: 'proxy' }), 'shop')).toBe('1');
  });

  it('must be clear', () => {
    expect(() => versionOf(two, options(), 'web')).toThrow(/set workload.container to one of proxy, shop/);
  });
});

describe('the options', () => {
  it.each([
    { image: 'shop:v1' },
    { replicas: '0%' },
    { replicas: 0 },
    { drain: '1m' },
    { labels: 'other' },
    { promotion: { hook: '' } },
    { nonsense: true },
  ])('refuse %j', (given) => {
    expect(kubernetesOptions.safeParse(given).success).toBe(false);
  });

  it('read again give the same', () => {
    const once = options({ replicas: '25%', drain: '3s', promotion: { hook: 'argo' } });
    expect(options(once)).toEqual(once);
  });
});
