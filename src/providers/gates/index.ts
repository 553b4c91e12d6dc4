/** The registry of gates: a new one is one file and one line here. */
import { approvalGate } from './approval.ts';
import { memory } from './memory.ts';
import { sbomGate } from './sbom.ts';
import type { GateType } from './types.ts';
import { vulnerabilitiesGate } from './vulnerabilities.ts';
import { windowGate } from './window.ts';

export const gateTypes: readonly GateType[] = [
  approvalGate,
  memory,
  sbomGate,
  vulnerabilitiesGate,
  windowGate,
];
