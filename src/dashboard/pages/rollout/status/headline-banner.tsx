/** How the rollout stands, large, with sign, word and colour. */
import { type ReactNode, useEffect, useRef } from 'react';
import { announce } from '../../../shell/announcer.tsx';
import { Coded } from '../../../ui/coded.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { At } from '../../../ui/time.tsx';
import type { Headline } from '../model/headline.ts';

interface HeadlineBannerProps {
  readonly headline: Headline;
  readonly children?: ReactNode;
}

export function HeadlineBanner({ headline, children }: HeadlineBannerProps) {
  const { tone, icon, title, text } = headline;
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
        <Times headline={headline} />
        {children}
      </div>
    </section>
  );
}

function Times({ headline: { sinceMs = null, limitAtMs } }: Pick<HeadlineBannerProps, 'headline'>) {
  if (sinceMs === null && limitAtMs === undefined) return null;
  return (
    <p className="muted" aria-live="off">
      {sinceMs === null ? null : (
        <>
          Since <At ms={sinceMs} />.{' '}
        </>
      )}
      {limitAtMs === undefined ? null : (
        <>
          The rollout must be promoted by <At ms={limitAtMs} />.
        </>
      )}
    </p>
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
