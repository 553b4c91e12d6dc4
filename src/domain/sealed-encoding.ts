/**
 * The encoding that payloads say they have when they are sealed: as in Temporal's own samples, so that its UI names
 * what it cannot read.
 */
export const sealedEncoding = 'binary/encrypted';
