/** The choice of the theme, in the header. */
import { useState } from 'react';
import { Icon, type IconName } from '../ui/icon.tsx';
import { chooseTheme, currentTheme, type Theme, themes } from './theme.ts';

const icons: Readonly<Record<Theme, IconName>> = { auto: 'contrast', light: 'sun', dark: 'moon' };

/** Each press takes the next one; its name says what is chosen now. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(currentTheme);
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
  const change = () => {
    chooseTheme(next);
    setTheme(next);
  };
  const label = `Theme: ${theme}. Change to ${next}.`;
  return (
    <button type="button" className="header-button" onClick={change} aria-label={label} title={label}>
      <Icon name={icons[theme]} />
    </button>
  );
}
