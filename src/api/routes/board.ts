/** The route of the live list: one stream for whoever watches all rollouts at once. */
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { allows } from '../../domain/access/grants.ts';
import type { StreamKeeper } from '../access/streams.ts';
import type { Board } from '../board/board.ts';
import { boardStream } from '../board/board-stream.ts';
import { operations } from '../contract.ts';
import { schemaOf } from '../route-schema.ts';

/** Whoever hears nothing for longer than this may doubt what is on the screen. */
const aliveMs = 5_000;

export function boardRoutes(root: FastifyInstance, board: Board, keeper: StreamKeeper): void {
  const app = root.withTypeProvider<ZodTypeProvider>();
  app.addHook('preClose', async () => board.close());
  app.get(
    operations.watchRollouts.path,
    {
      exposeHeadRoute: false,
      config: { access: 'read', areaInBody: true },
      schema: schemaOf('watchRollouts'),
    },
    async (request, reply) => {
      await board.ready();
      const { environment, service } = request.query;
      const { grants } = request.principal;
      const seesAll =
        environment === undefined &&
        service === undefined &&
        allows(grants, 'read', { environment: '*', service: '*' });
      const events = boardStream(board, {
        lastEventId: lastEventIdOf(request.headers['last-event-id']),
        sees: seesAll
          ? null
          : (row) =>
              (environment ?? row.environment) === row.environment &&
              (service ?? row.service) === row.service &&
              allows(grants, 'read', row),
        sight: JSON.stringify([grants, environment, service]),
        aliveMs,
      });
      return keeper.send(request, reply, events);
    },
  );
}

/** A header may come more than once; then it is nobody's. */
function lastEventIdOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : '';
}
