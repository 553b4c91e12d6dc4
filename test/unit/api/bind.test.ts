/** What the API may listen on. */
import { expect, test } from 'vitest';
import { bindAddressOf, hostNameOf, isLoopback } from '../../../src/api/bind.ts';

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['127.10.0.3', '127.10.0.3'],
  ['::1', '::1'],
  ['[::1]', '::1'],
  ['localhost', '127.0.0.1'],
  [' LOCALHOST ', '127.0.0.1'],
])('listens on %s', (host, address) => {
  expect(bindAddressOf(host)).toBe(address);
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
  expect(() => bindAddressOf(host)).toThrow(expect.objectContaining({ code: 'bind-refused' }));
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
