/** What is wrong with a plan and what would be better, as a list; each line leads to its place in the text. */
import { Icon, type IconName } from '../../ui/icon.tsx';
import type { Finding } from './findings.ts';

interface FindingsListProps {
  readonly findings: readonly Finding[];
  readonly onGo: (finding: Finding) => void;
}

const icons: Readonly<Record<Finding['severity'], IconName>> = {
  error: 'cross',
  warning: 'alert',
  info: 'question',
};
const words: Readonly<Record<Finding['severity'], string>> = {
  error: 'Problem',
  warning: 'Warning',
  info: 'Advice',
};

export function FindingsList({ findings, onGo }: FindingsListProps) {
  return (
    <ul className="findings">
      {findings.map((finding) => (
        <li key={`${finding.severity} ${finding.path} ${finding.message}`}>
          <button
            type="button"
            className="finding"
            data-severity={finding.severity}
            onClick={() => onGo(finding)}
          >
            <Icon name={icons[finding.severity]} />
            <span>
              <strong>{words[finding.severity]}</strong>
              <span className="muted">
                {' '}
                line {finding.line}
                {finding.path === '' ? '' : `, ${finding.path}`}
              </span>
              <br />
              {finding.message}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
