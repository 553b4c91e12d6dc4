/** The demo shop as a process: `node dist/demo/shop.js --version v1 --port 9101`; ends cleanly on SIGTERM. */
import { parseArgs } from 'node:util';
import { createShop } from './shop-server.ts';

const { values } = parseArgs({
  options: {
    version: { type: 'string' },
    port: { type: 'string' },
    service: { type: 'string', default: 'shop' },
    slot: { type: 'string', default: '' },
    host: { type: 'string', default: '127.0.0.1' },
  },
});
const port = Number(values.port);
if (!values.version || !Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error(
    'usage: shop --version <name> --port <1-65535> [--service shop] [--slot blue] [--host 127.0.0.1]',
  );
  process.exit(2);
}

const shop = createShop({ service: values.service, version: values.version, slot: values.slot });
shop.server.on('error', (error) => {
  console.error(`shop ${values.version}: ${error.message}`);
  process.exit(1);
});
// Behind a proxy that keeps connections open, an early close by the server would look like an error to users.
shop.server.keepAliveTimeout = 120_000;
shop.server.listen(port, values.host, () =>
  console.log(`shop ${values.version} listens on ${values.host}:${port}`),
);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    console.log(`shop ${values.version} drains`);
    void shop.drain(3_000).then(() => process.exit(0));
  });
}
