/** Fields of forms: a label that stays, a hint, and what is wrong beside what is wrong. */
import { type ReactNode, useId } from 'react';
import './fields.css';

interface FieldProps<T> {
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly hint?: ReactNode;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly disabled?: boolean;
}

interface TextFieldProps extends FieldProps<string> {
  readonly maxLength?: number;
  readonly autoComplete?: string;
  readonly placeholder?: string;
  /** More than one line: so many. */
  readonly rows?: number;
  /** Default: text that may be seen. */
  readonly kind?: 'text' | 'password';
}

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, hint, error, rows, kind = 'text', autoComplete = 'off', ...rest } = props;
  const { id, describedBy, notes } = useNotes(hint, error);
  const shared = {
    ...rest,
    ...describedBy,
    id,
    value,
    autoComplete,
    spellCheck: false,
    className: 'field-input',
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {rows === undefined ? (
        <input {...shared} type={kind} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <textarea {...shared} rows={rows} onChange={(event) => onChange(event.target.value)} />
      )}
      {notes}
    </div>
  );
}

interface SelectFieldProps<T extends string> extends FieldProps<T> {
  readonly options: readonly { readonly value: T; readonly text: string }[];
}

export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { label, value, onChange, hint, error, options, ...rest } = props;
  const { id, describedBy, notes } = useNotes(hint, error);
  const choose = (chosen: string) => {
    const option = options.find((one) => one.value === chosen);
    if (option) onChange(option.value);
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select
        {...rest}
        {...describedBy}
        id={id}
        value={value}
        className="field-input"
        onChange={(event) => choose(event.target.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      {notes}
    </div>
  );
}

export function CheckField({ label, value, onChange, hint, error, ...rest }: FieldProps<boolean>) {
  const { id, describedBy, notes } = useNotes(hint, error);
  return (
    <div className="field">
      <label className="field-check">
        <input
          {...rest}
          {...describedBy}
          id={id}
          type="checkbox"
          checked={value}
          onChange={(event) => onChange(event.target.checked)}
        />
        {label}
      </label>
      {notes}
    </div>
  );
}

function useNotes(hint: ReactNode, error: string | undefined) {
  const id = useId();
  const noteId = `${id}-note`;
  const has = hint !== undefined || error !== undefined;
  return {
    id,
    describedBy: { ...(has ? { 'aria-describedby': noteId } : {}), 'aria-invalid': error !== undefined },
    notes: has ? (
      <div id={noteId} className="field-notes">
        {error === undefined ? null : <p className="field-error">{error}</p>}
        {hint === undefined ? null : <p className="muted">{hint}</p>}
      </div>
    ) : null,
  };
}
