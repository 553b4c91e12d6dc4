/** How the demo tells: steps, what Sluice says, and kubectl's own words. */
import type { KubeAccess } from '../access.ts';

export interface Screen {
  step(text: string): void;
  note(text: string): void;
  /** Runs kubectl and shows the line and what it printed. */
  kubectl(cluster: Pick<KubeAccess, 'kubectl'>, args: readonly string[]): Promise<void>;
  command(line: string, printed: string): void;
  problem(error: unknown, logs: string): void;
}

const beganMs = Date.now();

export function createScreen(): Screen {
  const write = (text: string) => console.log(text);
  const command = (line: string, printed: string) => {
    write(`\n  $ ${line}`);
    for (const one of printed.trimEnd().split('\n')) write(`  ${one}`);
  };
  return {
    command,
    step: (text) => write(`\n[${((Date.now() - beganMs) / 1000).toFixed(0).padStart(3)} s] ${text}`),
    note: (text) => write(`  ${text}`),
    async kubectl(cluster, args) {
      const shown = args.map((arg) => (/[\s*[]/.test(arg) ? `'${arg}'` : arg)).join(' ');
      command(`kubectl ${shown}`, await cluster.kubectl(args));
    },
    problem(error, logs) {
      console.error(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${logs}`);
    },
  };
}
