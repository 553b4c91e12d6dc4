/** What each type of gate that speaks of a version's safety is there to find out. */
export const questions: Readonly<Record<string, string>> = {
  signature: 'who built and signed the image',
  image: 'whether the image is the one that was approved',
  sbom: 'which components are in it',
  vulnerabilities: 'which vulnerabilities are known in it',
  ci: 'whether its tests passed',
  compliance: 'whether required attestations are there',
  readiness: 'whether the service is ready for production',
  smoke: 'whether the new version answers as it should',
};

/** The worst first. */
export const severities = ['critical', 'high', 'medium', 'low', 'unknown'];
