/** The facts of a rollout, each by its name. */
import { At, spanText } from '../../../ui/time.tsx';
import type { Fact } from '../model/facts.ts';

export function FactsList({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <section aria-label="Facts" className="card panel">
      <h2>Facts</h2>
      <dl className="facts">
        {facts.map((fact) => (
          <div key={fact.name}>
            <dt>{fact.name}</dt>
            <dd>
              <Value fact={fact} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Value({ fact }: { readonly fact: Fact }) {
  switch (fact.kind) {
    case 'text':
      return fact.text;
    case 'time':
      return <At ms={fact.atMs} />;
    case 'span':
      return spanText(fact.ms);
    case 'link':
      return (
        <a href={fact.href} target="_blank" rel="noreferrer">
          {fact.text}
        </a>
      );
  }
}
