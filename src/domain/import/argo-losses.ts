/** What both strategies of Argo may say and a plan has no counterpart for: why, and what to do instead. */
export const lostByBoth = {
  antiAffinity: [
    'the canary has the affinity of the stable pods',
    'set it in the template of the Deployment',
  ],
  abortScaleDownDelaySeconds: [
    'a canary is removed once stable has all traffic, read back',
    'nothing needs to be done',
  ],
  scaleDownDelayRevisionLimit: [
    'there is one old version, and it goes after watchAfter',
    'nothing needs to be done',
  ],
} as const;
