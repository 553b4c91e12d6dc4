/** The theme's colours as a canvas wants them: resolved, since it knows neither custom properties nor `light-dark`. */

const names = [
  'canary',
  'stable',
  'bad',
  'bad-soft',
  'good-soft',
  'accent',
  'muted',
  'line',
  'ink',
  'surface',
] as const;

export type Colours = Readonly<Record<(typeof names)[number], string>>;

export function coloursAt(element: HTMLElement): Colours {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = Object.fromEntries(names.map((name) => [name, read(name)]));
  probe.remove();
  return colours as Colours;
}

/** The same colour, let through. */
export function faded(colour: string, part: number): string {
  const [red = '0', green = '0', blue = '0'] = colour.match(/[\d.]+/g) ?? [];
  return `rgb(${red} ${green} ${blue} / ${part})`;
}

/** Calls back when the theme is changed, here or by the system. Returns how to stop. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', changed);
  return () => {
    observer.disconnect();
    media.removeEventListener('change', changed);
  };
}
