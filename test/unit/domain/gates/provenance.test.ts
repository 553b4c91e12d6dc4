import { describe, expect, it } from 'vitest';
import { readPayload, readStatement } from '../../../../src/domain/gates/claim.ts';
import { provenanceFault, readProvenance } from '../../../../src/domain/gates/provenance.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const v1 = 'https://slsa.dev/provenance/v1';

function built(externalParameters: object, uri = `git+https://github.com/acme/shop@refs/heads/main`): object {
  return {
    buildDefinition: { externalParameters, resolvedDependencies: [{ uri, digest: { gitCommit: commit } }] },
    runDetails: { builder: { id: 'https://ci.example.com/runner' } },
  };
}

describe('SLSA provenance', () => {
  it.each([
    ['the workflow', { workflow: { repository: 'https://github.com/acme/shop' } }],
    ['a source', { source: { uri: 'git+https://github.com/acme/shop.git@refs/tags/v2' } }],
    ['nothing but what it was built with', {}],
  ])('of version 1 tells builder, repository and commit by %s', (_by, parameters) => {
    expect(readProvenance(v1, built(parameters))).toEqual({
      builder: 'https://ci.example.com/runner',
      repository: 'https://github.com/acme/shop',
      commit,
    });
  });

  it('takes what was asked for as the source, not what was built with it', () => {
    const found = readProvenance(v1, built({ workflow: { repository: 'https://github.com/evil/shop' } }));
    expect(found).toMatchObject({ repository: 'https://github.com/evil/shop', commit: null });
  });

  it('of version 0.2 tells them as well', () => {
    const predicate = {
      builder: { id: 'https://ci.example.com/runner' },
      invocation: {
        configSource: {
          uri: 'git+https://user@github.com/acme/shop@refs/heads/main',
          digest: { sha1: commit },
        },
      },
    };
    expect(readProvenance('https://slsa.dev/provenance/v0.2', predicate)).toEqual({
      builder: 'https://ci.example.com/runner',
      repository: 'https://user@github.com/acme/shop',
      commit,
    });
  });

  it('of another version, or without a builder, is none', () => {
    expect(readProvenance('https://slsa.dev/provenance/v2', built({}))).toBeNull();
    expect(readProvenance(v1, { ...built({}), runDetails: {} })).toBeNull();
  });
});

describe('what provenance must say', () => {
  const found = {
    builder: 'https://ci.example.com/runner',
    repository: 'https://github.com/acme/shop',
    commit,
  };
  const wanted = {
    level: 2,
    builders: [{ id: 'https://ci.example.com/*', level: 2, signers: ['ci'] }],
    repository: 'https://github.com/acme/shop',
    commit,
  };
  it.each([
    ['nothing wrong', {}, null],
    ['any commit, if the plan names none', { commit: null }, null],
    ['a builder that nobody trusts', { builders: [] }, /is no builder of the operator's/],
    ['a builder that is not trusted so far', { level: 3 }, /trusted for level 2, not 3/],
    [
      'another source',
      { repository: 'https://github.com/acme/cart' },
      /built from https:\/\/github\.com\/acme\/shop, not from .*cart/,
    ],
    ['another commit', { commit: 'f'.repeat(40) }, /built from commit 0123/],
  ])('%s', (_name, change, fault) => {
    const said = provenanceFault(found, { ...wanted, ...change }, 'ci');
    if (fault === null) expect(said).toBeNull();
    else expect(said).toMatch(fault);
  });

  it('a builder counts only in the word of who may speak for it', () => {
    expect(provenanceFault(found, wanted, 'release')).toMatch(/signer release may not speak for the builder/);
  });
});

describe('claims', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it("of cosign's payload name the image", () => {
    const critical = {
      type: 'cosign container image signature',
      image: { 'docker-manifest-digest': digest },
    };
    expect(readPayload(JSON.stringify({ critical }))).toEqual({
      digests: [digest],
      says: { kind: 'signed' },
    });
    expect(readPayload(JSON.stringify({ critical: { ...critical, type: 'a letter' } }))).toBeNull();
    expect(readPayload('{')).toBeNull();
  });

  it('of statements are signatures, provenance, or something else', () => {
    const say = (predicateType: string, predicate: object = {}) =>
      readStatement(
        'application/vnd.in-toto+json',
        JSON.stringify({
          _type: 'https://in-toto.io/Statement/v1',
          subject: [{ name: 'shop', digest: { sha256: 'a'.repeat(64) } }],
          predicateType,
          predicate,
        }),
      );
    expect(say('https://sigstore.dev/cosign/sign/v1')).toEqual({
      digests: [digest],
      says: { kind: 'signed' },
    });
    expect(say(v1, built({}))).toMatchObject({ says: { kind: 'built' } });
    expect(say(v1, {})).toBeNull();
    expect(say('https://cosign.sigstore.dev/attestation/vuln/v1')).toMatchObject({ says: { kind: 'other' } });
    expect(readStatement('text/plain', '{}')).toBeNull();
  });
});
