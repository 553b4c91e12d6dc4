/** What requests may bring: JSON everywhere, YAML for plans, nothing else, and nothing deeper than anybody writes. */
import type { FastifyInstance } from 'fastify';
import { SluiceError } from '../../domain/errors.ts';
import { isNestedBeyond, maxJsonDepth } from './nesting.ts';

const yaml = ['application/yaml', 'application/x-yaml', 'text/yaml'];

export function readBodies(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain');
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text.length === 0) done(null, {});
    else if (isNestedBeyond(text, maxJsonDepth)) done(tooDeep(), undefined);
    else void parseJson(request, text, done);
  });
  app.addContentTypeParser(yaml, { parseAs: 'string' }, (request, body, done) => {
    const path = request.routeOptions.url;
    if (path === '/v1/rollouts' || path === '/v1/validate') done(null, body);
    else done(new SluiceError('media-type-unsupported', 'Only plans may be sent as YAML.'), undefined);
  });
}

function tooDeep(): SluiceError {
  return new SluiceError('request-invalid', `The body is nested more than ${maxJsonDepth} levels deep.`);
}
