import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import { type ReactNode, useEffect, useState } from 'react';
import { useTexts } from '../texts/index.ts';
import type { Address } from './address.ts';

/** The filters of a list in one row, which breaks on a narrow screen. */
export function FilterRow({ children }: { readonly children: ReactNode }) {
  return <div className="filter-row">{children}</div>;
}

interface Filter {
  readonly address: Address;
  readonly name: string;
  readonly label: string;
}

interface Choices extends Filter {
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  /** What the list shows where nobody chose; without it that is all. */
  readonly standard?: string;
}

/** A filter by one of a few words. */
export function ChoiceFilter({ address, name, label, choices, standard }: Choices) {
  const { t } = useTexts();
  const options = standard === undefined ? [{ value: '', label: t('list.all') }, ...choices] : choices;
  const value = address.get(name) ?? standard ?? '';
  return (
    <Select
      inlineLabelText={label}
      ariaLabel={label}
      selectedOption={options.find((choice) => choice.value === value) ?? { value, label: value }}
      options={options}
      onChange={({ detail }) => address.set({ [name]: detail.selectedOption.value })}
    />
  );
}

// More do not fit into a field.
const fewWords = 2;

/** A filter by any of a few words, which the address has between commas. */
export function ChoicesFilter({ address, name, label, choices, standard = '' }: Choices) {
  const chosen = (address.get(name) ?? standard).split(',').filter(Boolean);
  // What is seen is what is read out.
  const words = chosen.length > fewWords ? `${label} (${chosen.length})` : [label, ...chosen].join(' · ');
  return (
    <Multiselect
      ariaLabel={words}
      placeholder={words}
      hideTokens
      enableSelectAll
      filteringType="auto"
      options={choices}
      selectedOptions={choices.filter(({ value }) => chosen.includes(value))}
      onChange={({ detail }) =>
        address.set({ [name]: detail.selectedOptions.flatMap(({ value }) => value ?? []).join(',') })
      }
    />
  );
}

// A person types a letter in less.
const pauseMs = 400;

/** A filter by a text, which is asked for when the reader pauses. */
export function TextFilter({ address, name, label }: Filter) {
  const given = address.get(name) ?? '';
  const [text, setText] = useState(given);
  useEffect(() => setText(given), [given]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the wait anew
  useEffect(() => {
    if (text === given) return;
    const timer = setTimeout(() => address.set({ [name]: text }), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <Input
      type="search"
      placeholder={label}
      ariaLabel={label}
      value={text}
      onChange={({ detail }) => setText(detail.value)}
    />
  );
}

/** A filter by a calendar day or moment. */
export function DayFilter({ address, name, label }: Filter) {
  return (
    <label className="day-filter">
      <span>{label}</span>
      <input
        type="date"
        value={(address.get(name) ?? '').slice(0, 10)}
        onChange={({ target }) => address.set({ [name]: target.value })}
      />
    </label>
  );
}
