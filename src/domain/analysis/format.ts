/** Numbers as reasons show them: short, and never so short that a value seems to meet the limit that it breaks. */

/** A value with its unit, four significant digits; few seconds read as milliseconds, as `16.65 ms`. */
export function amount(value: number, unit: string, digits = 4): string {
  const isBrief = unit === 's' && value !== 0 && Math.abs(value) < 0.1;
  // Times 1000 alone leaves a tail that is no part of the value.
  if (isBrief) return amount(Number((value * 1000).toPrecision(15)), 'ms', digits);
  const text = String(Number(value.toPrecision(digits)));
  return unit === '' ? text : `${text} ${unit}`;
}

/** The value beside a limit: as many digits as it takes to tell the two apart. */
export function amountAgainst(limit: number, value: number, unit: string): string {
  for (let digits = 4; digits < 17; digits++) {
    const text = amount(value, unit, digits);
    if (value === limit || text !== amount(limit, unit, 17)) return text;
  }
  return amount(value, unit, 17);
}

/** `error-rate` reads as `error rate` in a sentence. */
export function spoken(name: string): string {
  return name.replaceAll('-', ' ');
}

/** Behind a value: ` of 98 samples` for shares, ` over 98 samples` for the rest, nothing when the number is unknown. */
export function ofSamples(samples: number | null, unit: string): string {
  if (samples === null) return '';
  return ` ${unit === '%' ? 'of' : 'over'} ${counted(samples)}`;
}

/** Whether the reason is that there is too little yet to judge by, which more traffic mends. */
export function saysTooFew(reason: string): boolean {
  return /, and at least \d+ are needed$/.test(reason);
}

export function counted(samples: number): string {
  return `${amount(samples, '', 12)} sample${samples === 1 ? '' : 's'}`;
}
