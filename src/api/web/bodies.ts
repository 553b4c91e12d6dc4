/**
 * What requests may bring: JSON everywhere, YAML for plans, nothing else, nothing packed, nothing deeper than anybody
 * writes, no key twice.
 */
import type { FastifyInstance } from 'fastify';
import { SluiceError } from '../../domain/errors.ts';
import { asLine } from '../../domain/legible.ts';
import { invalid } from '../validation.ts';
import { duplicateKeyProblems } from './duplicate-keys.ts';
import { isNestedBeyond, maxJsonDepth } from './nesting.ts';

const yaml = ['application/yaml', 'application/x-yaml', 'text/yaml'];

export function readBodies(app: FastifyInstance): void {
  app.addHook('preParsing', async ({ headers }, reply) => {
    const encodings = (headers['content-encoding'] ?? '').split(',').map((one) => one.trim().toLowerCase());
    const unknown = encodings.find((encoding) => encoding !== '' && encoding !== 'identity');
    if (unknown === undefined) return;
    reply.header('accept-encoding', 'identity');
    throw new SluiceError(
      'media-type-unsupported',
      `Content-Encoding ${asLine(unknown).slice(0, 40)} is not accepted; send the body as it is, with identity or without that header.`,
    );
  });
  app.removeContentTypeParser('text/plain');
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text.length === 0) done(null, {});
    else if (isNestedBeyond(text, maxJsonDepth)) done(tooDeep(), undefined);
    else {
      void parseJson(request, text, (error, value) => {
        const problems = error ? [] : duplicateKeyProblems(text);
        if (problems.length > 0) done(invalid(problems), undefined);
        else done(error, value);
      });
    }
  });
  app.addContentTypeParser(yaml, { parseAs: 'string' }, (request, body, done) => {
    const path = request.routeOptions.url;
    if (path === '/v1/rollouts' || path === '/v1/validate') done(null, body);
    else done(new SluiceError('media-type-unsupported', 'Only plans may be sent as YAML.'), undefined);
  });
}

function tooDeep(): SluiceError {
  return invalid([{ path: 'body', message: `is nested more than ${maxJsonDepth} levels deep` }]);
}
