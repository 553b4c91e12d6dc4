/** What the API may listen on. */
import { expect, test } from 'vitest';
import { bindAddressOf, hostNameOf, isLoopback, undefended } from '../../../src/api/bind.ts';

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['127.10.0.3', '127.10.0.3'],
  ['::1', '::1'],
  ['[::1]', '::1'],
  ['localhost', '127.0.0.1'],
  [' LOCALHOST ', '127.0.0.1'],
])('listens on %s', (host, address) => {
  expect(bindAddressOf(host, undefended)).toBe(address);
});

test.each([
  '0.0.0.0',
  '::',
  '',
  '*',
  '192.168.1.4',
  'example.org',
  '127.evil.example',
  '128.0.0.1',
  '::2',
  '127.1',
])('refuses to listen on "%s"', (host) => {
  expect(() => bindAddressOf(host, undefended)).toThrow(expect.objectContaining({ code: 'bind-refused' }));
});

const defended = { authenticates: true, encrypts: true, hostNames: ['sluice.example.com'] };

test('listens where others can reach it when it knows who asks, nobody can listen, and its names are known', () => {
  expect(bindAddressOf('0.0.0.0', defended)).toBe('0.0.0.0');
});

test.each([
  [{ authenticates: false }, 'authentication'],
  [{ encrypts: false }, 'TLS'],
  [{ hostNames: [] }, 'hostNames'],
])('refuses that without %o', (lacking, word) => {
  const refusal = expect.objectContaining({ code: 'bind-refused', message: expect.stringContaining(word) });
  expect(() => bindAddressOf('0.0.0.0', { ...defended, ...lacking })).toThrow(refusal);
});

test.each([
  ['localhost:80', 'localhost'],
  ['[::1]:8080', '[::1]'],
  ['a@localhost', null],
  ['localhost:80:90', null],
  ['', null],
])('reads the host name of %s', (authority, name) => {
  expect(hostNameOf(authority)).toBe(name);
});

test('does not take names that only begin like loopback', () => {
  expect(isLoopback('127.0.0.1.evil.example')).toBe(false);
});
