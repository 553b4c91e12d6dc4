import { describe, expect, it } from 'vitest';
import { refusal } from '../../../../src/providers/kube/errors.ts';

const status = (message: string, reason = '') => JSON.stringify({ kind: 'Status', message, reason });

describe('what a Kubernetes API server refuses', () => {
  it.each([
    [404, status('leases "a" not found', 'NotFound'), 'not-found'],
    [409, status('leases "a" already exists', 'AlreadyExists'), 'exists'],
    [409, status('the object has been modified', 'Conflict'), 'conflict'],
    [410, status('too old resource version', 'Expired'), 'gone'],
    [403, status('cannot patch resource', 'Forbidden'), 'forbidden'],
    // What a JSON Patch whose test failed is answered with.
    [422, status('the server rejected our request due to an error in our request', 'Invalid'), 'conflict'],
    [422, status('HTTPRoute "a" is invalid: spec.rules: Too many: 17', 'Invalid'), 'invalid'],
    [429, status('too many requests', 'TooManyRequests'), 'unavailable'],
    [502, '<html>bad gateway</html>', 'unavailable'],
  ])('%d %s', (code, text, problem) => {
    expect(refusal('change a', code, text)).toMatchObject({ problem, status: code });
  });
});
