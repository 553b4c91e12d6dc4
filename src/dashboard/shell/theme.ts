/** Dark, light, or as the system has it: chosen here, kept by the browser, drawn by the style sheets. */
import { recall, remember } from './storage.ts';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'theme';

export function currentTheme(): Theme {
  const kept = recall(key);
  return themes.find((theme) => theme === kept) ?? 'auto';
}

export function chooseTheme(theme: Theme): void {
  remember(key, theme === 'auto' ? null : theme);
  showTheme();
}

export function showTheme(): void {
  const theme = currentTheme();
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
