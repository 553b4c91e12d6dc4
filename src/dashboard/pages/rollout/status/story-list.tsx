/** What happened, the latest first. */
import type { RolloutStatus } from '../../../../domain/rollout/status.ts';
import { Badge } from '../../../ui/badge.tsx';
import { At } from '../../../ui/time.tsx';
import { signOf } from '../model/story.ts';

export function StoryList({ status: { timeline, droppedEntries } }: { readonly status: RolloutStatus }) {
  return (
    <section aria-label="Events" className="card panel">
      <h2>Events</h2>
      <ol className="story">
        {timeline.toReversed().map((entry) => {
          const { icon, tone, word } = signOf(entry);
          return (
            <li key={`${entry.atMs} ${entry.kind} ${entry.text}`}>
              <At ms={entry.atMs} />
              <Badge tone={tone} icon={icon}>
                {word}
              </Badge>
              <p>
                <bdi>{entry.text}</bdi>
                {entry.actor === null ? null : (
                  <span className="muted">
                    {' '}
                    (<bdi>{entry.actor}</bdi>)
                  </span>
                )}
              </p>
            </li>
          );
        })}
      </ol>
      {droppedEntries === 0 ? null : (
        <p className="muted">
          {droppedEntries} earlier lines of no weight are left out; the audit has all of them.
        </p>
      )}
    </section>
  );
}
