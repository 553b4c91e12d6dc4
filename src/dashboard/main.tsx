/** Starts the dashboard in its page. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import './ui/card.css';
import { App } from './app.tsx';
import { followMe } from './shell/me.ts';
import { showTheme } from './shell/theme.ts';

showTheme();
followMe();
const place = document.getElementById('root');
if (place === null) throw new Error('The page has no place for the dashboard.');
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
