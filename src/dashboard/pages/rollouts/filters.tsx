/**
 * What of the list is shown: by state, environment and words. It stands in the address, so that it can be sent to
 * others.
 */
import { type ReactNode, useEffect, useRef } from 'react';
import { useSearchParams } from 'wouter';
import { Icon } from '../../ui/icon.tsx';
import './filters.css';

/** Parts of the address's query, which one may set. */
export function useFilters(): readonly [URLSearchParams, (name: string, value: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const set = (name: string, value: string | null) => {
    setParams(
      (last) => {
        const next = new URLSearchParams(last);
        if (value === null || value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      // A word typed in is no step that anybody wants to go back to.
      { replace: true },
    );
  };
  return [params, set];
}

export function FilterBar({ children }: { readonly children: ReactNode }) {
  return (
    <search className="filter-bar" aria-label="What is shown">
      {children}
    </search>
  );
}

interface SearchBoxProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label: string;
}

/** The key `/` leads here. */
export function SearchBox({ value, onChange, label }: SearchBoxProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const find = (event: KeyboardEvent) => {
      const { target, key } = event;
      const types =
        target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
      if (key !== '/' || types || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', find);
    return () => document.removeEventListener('keydown', find);
  }, []);
  return (
    <label className="search-box">
      <Icon name="search" />
      <span className="visually-hidden">{label}</span>
      <input
        ref={input}
        type="search"
        className="field-input"
        value={value}
        placeholder={`${label}  /`}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onChange('');
        }}
        spellCheck={false}
        autoComplete="off"
      />
    </label>
  );
}

interface ChoiceBoxProps {
  readonly label: string;
  /** Null: all. */
  readonly value: string | null;
  readonly options: readonly { readonly value: string; readonly text: string }[];
  /** What "all" is called. */
  readonly all: string;
  readonly onChange: (value: string | null) => void;
}

export function ChoiceBox({ label, value, options, all, onChange }: ChoiceBoxProps) {
  return (
    <label className="choice-box">
      <span className="visually-hidden">{label}</span>
      <select
        className="field-input"
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value || null)}
      >
        <option value="">{all}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}
