/** The providers that plans may name, with what a plan may set for each; and the ready-made checks. */
import type { Catalogue } from '../../../api/contract.ts';
import { explain } from '../start/schema/explain.ts';
import type { Schema } from '../start/schema/schema.ts';
import { type Instance, readPresets, readProviders } from './catalogue.ts';

export function Providers({ catalogue }: { readonly catalogue: Catalogue }) {
  const roles = readProviders(catalogue).filter(({ instances }) => instances.length > 0);
  return (
    <section aria-label="Providers">
      <h2>Providers</h2>
      <ul className="configuration-cards">
        {roles.map(({ role, instances }) => (
          <li key={role} className="card">
            <h3>{role}</h3>
            <ul className="configuration-instances">
              {instances.map((instance) => (
                <li key={instance.name}>
                  <Provider instance={instance} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Provider({ instance: { name, type, summary, options } }: { readonly instance: Instance }) {
  const fields = Object.entries(options.properties ?? {});
  return (
    <>
      <p>
        <code>{name}</code>
        {type === name ? '' : ` (${type})`} {summary}
      </p>
      {fields.length === 0 ? null : (
        <details>
          <summary>What a plan may set ({fields.length})</summary>
          <dl className="configuration-options">
            {fields.map(([key, schema]) => (
              <div key={key}>
                <dt>
                  <code>{key}</code>
                </dt>
                <dd>{optionText(schema)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </>
  );
}

function optionText(schema: Schema): string {
  const explanation = explain('', [schema]);
  return explanation === null
    ? 'no word is said of it'
    : [explanation.text, ...explanation.facts].filter((part) => part !== '').join('; ');
}

export function Presets({ catalogue }: { readonly catalogue: Catalogue }) {
  const presets = readPresets(catalogue);
  return (
    <section aria-label="Presets">
      <h2>Presets</h2>
      <details>
        <summary>{presets.length} ready-made checks</summary>
        <dl className="configuration-options">
          {presets.map(({ name, summary }) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{summary}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}
