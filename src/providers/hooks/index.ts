/** The registry of hook types: a new one is one file and one line here. */
import { command } from './command.ts';
import { http } from './http.ts';
import { memory } from './memory.ts';
import type { HookType } from './types.ts';

export const hookTypes: readonly HookType[] = [http, command, memory];
