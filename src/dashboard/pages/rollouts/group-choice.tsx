/** How many rollouts are in trouble, wait for somebody, run, or have just ended; each number shows only those. */
import { Icon, type IconName } from '../../ui/icon.tsx';
import { type Group, groups } from './choice.ts';

const words: Readonly<
  Record<Group, { readonly text: string; readonly icon: IconName; readonly tone: string }>
> = {
  trouble: { text: 'in trouble', icon: 'alert', tone: 'bad' },
  waiting: { text: 'waiting', icon: 'hand', tone: 'warn' },
  running: { text: 'running well', icon: 'clock', tone: 'busy' },
  ended: { text: 'just ended', icon: 'check', tone: 'idle' },
};

interface GroupChoiceProps {
  readonly counts: Readonly<Record<Group, number>>;
  readonly group: Group | null;
  readonly onChange: (group: Group | null) => void;
}

export function GroupChoice({ counts, group, onChange }: GroupChoiceProps) {
  return (
    <div className="group-choice">
      {groups.map((one) => {
        const { text, icon, tone } = words[one];
        return (
          <button
            key={one}
            type="button"
            className="group-button"
            data-tone={counts[one] === 0 ? 'none' : tone}
            aria-pressed={group === one}
            onClick={() => onChange(group === one ? null : one)}
          >
            <Icon name={icon} size={14} />
            <span className="group-count">{counts[one]}</span> {text}
          </button>
        );
      })}
    </div>
  );
}
