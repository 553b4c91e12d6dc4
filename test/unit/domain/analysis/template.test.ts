import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  placeholdersIn,
  promDuration,
  type QueryVars,
  renderQuery,
  templateProblems,
} from '../../../../src/domain/analysis/template.ts';

const vars: QueryVars = {
  service: 'shop',
  environment: 'prod',
  canary: 'v2',
  stable: 'v1',
  version: 'v2',
  windowMs: 30_000,
  share: 0.25,
};

describe('renderQuery', () => {
  it('fills every placeholder in, with or without spaces', () => {
    const template =
      '{{canary}} {{ stable }} {{service}} {{environment }} {{\tversion}} [{{window}}] / {{share}}';
    expect(renderQuery(template, vars)).toBe('v2 v1 shop prod v2 [30s] / 0.25');
  });

  it('leaves single braces alone', () => {
    expect(renderQuery('up{service="{{service}}"}', vars)).toBe('up{service="shop"}');
  });

  it('escapes what would end a quoted string', () => {
    const version = 'a\\b"c\nd\'e';
    expect(renderQuery('up{version="{{version}}"}', { ...vars, version })).toBe(
      'up{version="a\\\\b\\"c\\nd\\x27e"}',
    );
  });

  it('takes dollar signs and braces in values literally', () => {
    expect(renderQuery('"{{version}}"', { ...vars, version: "$& {{stable}} $'" })).toBe(
      '"$& {{stable}} $\\x27"',
    );
  });

  it('refuses an unknown placeholder and names the nearest', () => {
    expect(() => renderQuery('{{sevrice}}', vars)).toThrow(
      expect.objectContaining({ code: 'plan-invalid', message: expect.stringContaining('"service"') }),
    );
  });

  it('never lets a value out of its quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (version) => {
        const rendered = renderQuery('"{{version}}"', { ...vars, version });
        expect(rendered).toMatch(/^"(?:[^"\\\n]|\\(?:["\\n]|x27))*"$/);
        const read = rendered.slice(1, -1).replace(/\\(x27|.)/g, (_whole, sign: string) => {
          if (sign === 'x27') return "'";
          return sign === 'n' ? '\n' : sign;
        });
        expect(read).toBe(version);
      }),
    );
  });
});

describe('templateProblems', () => {
  it('finds nothing wrong with a good template', () => {
    expect(templateProblems('sum(rate(x{v="{{version}}"}[{{window}}]))')).toEqual([]);
  });

  it.each([
    ['', 'the query is empty'],
    ['  ', 'the query is empty'],
    ['{{canari}}', 'unknown placeholder {{canari}}; did you mean "canary"?'],
    ['{{}}', 'unknown placeholder {{}}'],
    ['up{v="{{version}"}', 'never closes'],
    ['up{v="{{version"}', 'never closes'],
  ])('finds what is wrong with "%s"', (template, problem) => {
    expect(templateProblems(template)).toEqual([expect.stringContaining(problem)]);
  });

  it('lists all problems at once', () => {
    expect(templateProblems('{{a}} {{b}} {{a}} {{')).toHaveLength(3);
  });

  it('agrees with renderQuery about what can be filled in', () => {
    const piece = fc.constantFrom('{{', '}}', '{', '}', 'version', 'x', ' ', '{{window}}');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const template = pieces.join('');
        const render = () => renderQuery(template, vars);
        if (templateProblems(template).length > 0) expect(render).toThrow();
        else expect(render()).not.toMatch(/\{\{/);
      }),
    );
  });
});

describe('placeholdersIn', () => {
  it('names each once', () => {
    expect(placeholdersIn('{{version}} {{ version }} {{odd}}')).toEqual(['version', 'odd']);
  });
});

describe('promDuration', () => {
  it.each([
    [30_000, '30s'],
    [500, '500ms'],
    [90_000, '90s'],
    [1_500, '1500ms'],
    [0, '1ms'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(promDuration(ms)).toBe(text);
  });
});
