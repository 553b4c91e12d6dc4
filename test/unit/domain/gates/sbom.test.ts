import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { licenceAllowed } from '../../../../src/domain/gates/licence.ts';
import { judgeSbom, readSbom } from '../../../../src/domain/gates/sbom.ts';

const policy = { denyLicences: ['GPL-*'], allowLicences: null };
const expression = (text: string) => ({ text, isExpression: true });

describe('a licence', () => {
  it.each([
    ['(MIT OR Apache-2.0) AND GPL-3.0-only', false],
    ['MIT OR (Apache-2.0 AND GPL-3.0-only)', true],
    ['(MIT AND BSD-3-Clause) OR GPL-3.0-only', true],
    ['MIT and gpl-3.0-only', false],
    ['gpl-2.0-only', false],
    ['GPL-2.0-only WITH Classpath-exception-2.0', false],
    ['MIT WITH something AND ISC', true],
    ['((MIT))', true],
    ['MIT/GPL-2.0', false],
    ['(MIT OR GPL-2.0', false],
    ['', true],
  ])('of the expression %s is judged as SPDX means it', (text, allowed) => {
    expect(licenceAllowed(expression(text), policy)).toBe(allowed);
  });

  it.each([
    ['mit', true],
    ['Apache-2.0+', true],
    ['MIT AND Apache-2.0+', true],
    ['MIT AND ISC', false],
    ['MIT License', false],
  ])('must be one of those that are allowed: %s', (text, allowed) => {
    const only = { denyLicences: [], allowLicences: ['MIT', 'Apache-2.0'] };
    expect(licenceAllowed(expression(text), only)).toBe(allowed);
  });

  it('that is named is no expression, whatever words it has', () => {
    const only = { denyLicences: [], allowLicences: ['The MIT OR X11 License'] };
    expect(licenceAllowed({ text: 'The MIT OR X11 License', isExpression: false }, only)).toBe(true);
  });

  it('never throws, and is never allowed where every word is denied', () => {
    const words = fc.array(fc.constantFrom('MIT', 'ISC', 'AND', 'OR', 'WITH', '(', ')', ' '), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(words, (parts) => {
        const text = `${parts.join(' ')} MIT`;
        expect(licenceAllowed(expression(text), { denyLicences: ['MIT', 'ISC'], allowLicences: null })).toBe(
          false,
        );
      }),
    );
  });
});

describe('a CycloneDX bill', () => {
  const bill = (components: unknown) =>
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components });

  it('is read with the components of its components', () => {
    const inner = { name: 'inner', licenses: [{ license: { id: 'GPL-3.0-only' } }] };
    const reading = readSbom(
      bill([{ name: 'outer', components: [{ name: 'middle', components: [inner] }] }]),
    );
    if ('problem' in reading) throw new Error(reading.problem);
    expect(reading.components.map(({ name }) => name)).toEqual(['inner', 'middle', 'outer']);
    const verdict = judgeSbom(reading.components, { ...policy, denyComponents: [], completePercent: 0 });
    expect(verdict.denied).toEqual(['inner: its licence GPL-3.0-only is not allowed']);
  });

  it('must have every one of several licences allowed', () => {
    const licenses = [{ license: { id: 'MIT' } }, { license: { id: 'GPL-3.0-only' } }];
    const reading = readSbom(bill([{ name: 'both', licenses }]));
    if ('problem' in reading) throw new Error(reading.problem);
    const verdict = judgeSbom(reading.components, { ...policy, denyComponents: [], completePercent: 0 });
    expect(verdict.denied).toEqual(['both: its licence GPL-3.0-only is not allowed']);
  });

  it('is none if a nested component has no name', () => {
    expect(readSbom(bill([{ name: 'outer', components: [{ version: '1' }] }]))).toHaveProperty('problem');
    expect(readSbom(bill(undefined))).toHaveProperty('problem');
  });
});
