/** The one store of who this browser is. */
import { client } from './client.ts';
import { MeStore } from './me-store.ts';
import { keepCsrf } from './session.ts';

export const meStore = new MeStore(() => client.getMe(), keepCsrf);
