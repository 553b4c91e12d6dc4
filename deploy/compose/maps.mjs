/** Run once by docker-compose.yml, as root: makes the map files that HAProxy needs at its start, for the user of the others. */
import { chownSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [mapsDir = '', owner = ''] = process.argv.slice(2);
const { writeEmptyMaps } = await import('/app/dist/providers/traffic/haproxy/maps.js');
writeEmptyMaps(mapsDir);
const id = Number(owner);
for (const path of [dirname(mapsDir), mapsDir, ...readdirSync(mapsDir).map((name) => join(mapsDir, name))]) {
  chownSync(path, id, id);
}
