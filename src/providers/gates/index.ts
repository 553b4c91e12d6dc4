/** The registry of gates: a new one is one file and one line here. */
import { approvalGate } from './approval.ts';
import { ciGate } from './ci.ts';
import { complianceGate } from './compliance.ts';
import { healthGate } from './health.ts';
import { imageGate } from './image.ts';
import { memory } from './memory.ts';
import { metricGate } from './metric.ts';
import { readinessGate } from './readiness.ts';
import { sbomGate } from './sbom.ts';
import { signatureGate } from './signature.ts';
import { smokeGate } from './smoke.ts';
import type { GateType } from './types.ts';
import { vulnerabilitiesGate } from './vulnerabilities.ts';
import { webhookGate } from './webhook.ts';
import { windowGate } from './window.ts';

export const gateTypes: readonly GateType[] = [
  approvalGate,
  ciGate,
  complianceGate,
  healthGate,
  imageGate,
  memory,
  metricGate,
  readinessGate,
  sbomGate,
  signatureGate,
  smokeGate,
  vulnerabilitiesGate,
  webhookGate,
  windowGate,
];
