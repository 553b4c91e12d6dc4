/** How the rollout stands, large, with sign, word and colour. */
import { type ReactNode, useEffect, useRef } from 'react';
import { announce } from '../../../shell/announcer.tsx';
import { Coded } from '../../../ui/coded.tsx';
import { Icon } from '../../../ui/icon.tsx';
import type { Headline } from '../model/headline.ts';

interface HeadlineBannerProps {
  readonly headline: Headline;
  readonly children?: ReactNode;
}

export function HeadlineBanner({ headline: { tone, icon, title, text }, children }: HeadlineBannerProps) {
  useSaid(`${title}. ${text}`);
  return (
    <section className="headline" data-tone={tone} aria-label="How it stands">
      <Icon name={icon} size={26} />
      <div className="headline-text">
        <h2>{title}</h2>
        {text === '' ? null : (
          <p>
            <Coded text={text} />
          </p>
        )}
        {children}
      </div>
    </section>
  );
}

/** Says aloud what has changed; what was there when the page was opened is read as any text. */
function useSaid(words: string): void {
  const said = useRef(words);
  useEffect(() => {
    if (said.current === words) return;
    said.current = words;
    announce(words);
  }, [words]);
}
