import { describe, expect, it } from 'vitest';
import { parseChallenge, parseImage } from '../../../../src/domain/gates/image-reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('an image reference', () => {
  it.each([
    ['shop:v2', { registry: 'registry-1.docker.io', repository: 'library/shop', tag: 'v2', digest: null }],
    ['acme/shop:v2', { registry: 'registry-1.docker.io', repository: 'acme/shop', tag: 'v2', digest: null }],
    ['localhost/shop:v2', { registry: 'localhost', repository: 'shop', tag: 'v2', digest: null }],
    ['127.0.0.1:5000/a/b:v2', { registry: '127.0.0.1:5000', repository: 'a/b', tag: 'v2', digest: null }],
    [`r.example.com/a/b@${digest}`, { registry: 'r.example.com', repository: 'a/b', tag: null, digest }],
    [`r.example.com/b:v2@${digest}`, { registry: 'r.example.com', repository: 'b', tag: 'v2', digest }],
  ])('%s names registry, repository, tag and digest', (text, parts) => {
    expect(parseImage(text)).toEqual(parts);
  });

  it.each([
    'r.example.com/a/b',
    'r.example.com/a/b@sha256:short',
    `r.example.com/b@${digest}@${digest}`,
    'r.example.com/A:v2',
    'r.example.com:99999/a:v2',
    'r.example.com?x=/a:v2',
    'r.example.com:/a:v2',
    'r.example.com/a/../b:v2',
    'r.example.com/a:v 2',
    '',
  ])('%s is none', (text) => {
    expect(parseImage(text)).toBeNull();
  });
});

describe('a registry’s challenge', () => {
  it('tells where to log in and for what', () => {
    const challenge = parseChallenge(
      'Bearer realm="https://auth.example.com/token",service="r",scope="repository:a:pull"',
    );
    expect(challenge?.realm).toBe('https://auth.example.com/token');
    expect(challenge?.query.toString()).toBe('service=r&scope=repository%3Aa%3Apull');
  });

  it('of another kind, or without a place, is none', () => {
    expect(parseChallenge('Basic realm="test"')).toBeNull();
    expect(parseChallenge('Bearer service="r"')).toBeNull();
    expect(parseChallenge('')).toBeNull();
  });
});
