/** How the rollout stands, large, with sign, word and colour. */
import type { ReactNode } from 'react';
import { Icon } from '../../../ui/icon.tsx';
import type { Headline } from '../model/headline.ts';

interface HeadlineBannerProps {
  readonly headline: Headline;
  readonly children?: ReactNode;
}

export function HeadlineBanner({ headline: { tone, icon, title, text }, children }: HeadlineBannerProps) {
  return (
    <section className="headline" data-tone={tone} aria-label="How it stands">
      <Icon name={icon} size={26} />
      <div className="headline-text">
        <h2 role="status">{title}</h2>
        {text === '' ? null : <p>{text}</p>}
        {children}
      </div>
    </section>
  );
}
