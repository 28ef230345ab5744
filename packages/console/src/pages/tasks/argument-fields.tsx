import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import { useTexts } from '../../texts/index.ts';
import { problemOf } from '../failures/input-text.ts';
import { FileField } from './file-field.tsx';

interface Parameter {
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly maxLength?: number;
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Parameter>>;
  readonly required?: readonly string[];
}

export interface Arguments {
  readonly texts: Readonly<Record<string, string>>;
  readonly change: (name: string, text: string) => void;
  /** As JSON has them; a field that is left empty is left out. */
  readonly values: () => Readonly<Record<string, unknown>>;
  readonly complete: boolean;
}

/** What a person has put into the form of a schema, which begins with what is given. */
export function useArguments(schema: object, begin: Readonly<Record<string, unknown>>): Arguments {
  const { properties = {}, required = [] } = schema as ObjectSchema;
  const [texts, setTexts] = useState(() => textsOf(begin));
  const filled = Object.entries(texts).filter(([, text]) => text !== '');
  return {
    texts,
    change: (name, text) => setTexts((before) => ({ ...before, [name]: text })),
    values: () => Object.fromEntries(filled.map(([name, text]) => [name, readValue(text, properties[name] ?? {})])),
    complete:
      required.every((name) => filled.some(([given]) => given === name)) &&
      filled.every(([name, text]) => kindOf(properties[name] ?? {}) !== 'json' || problemOf(text) === undefined),
  };
}

/** A field for each parameter: by its type, and as JSON where it is of none that forms have. */
export function ArgumentFields({ schema, given }: { readonly schema: object; readonly given: Arguments }) {
  const { t } = useTexts();
  const { properties = {}, required = [] } = schema as ObjectSchema;
  return (
    <SpaceBetween size="m">
      {Object.entries(properties).map(([name, parameter]) => (
        <FormField
          key={name}
          stretch
          label={name}
          description={parameter.description}
          constraintText={[
            required.includes(name) ? t('tasks.required') : undefined,
            kindOf(parameter) === 'json' ? t('tasks.json') : undefined,
          ]
            .filter((word) => word !== undefined)
            .join(' · ')}
        >
          <Field name={name} parameter={parameter} given={given} />
        </FormField>
      ))}
    </SpaceBetween>
  );
}

/** Values as their fields show them. */
function textsOf(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
}

/** Arguments by name, also those that were given by their place. */
export function namedArguments(
  schema: object,
  { args, kwargs }: { readonly args: readonly unknown[] | null; readonly kwargs: object | null },
): Readonly<Record<string, unknown>> {
  const names = Object.keys((schema as ObjectSchema).properties ?? {});
  return { ...Object.fromEntries((args ?? []).map((value, place) => [names[place] ?? '', value])), ...kwargs };
}

type Kind = 'file' | 'choice' | 'boolean' | 'number' | 'text' | 'json';

function kindOf({ type, format, enum: choices }: Parameter): Kind {
  if (format === 'file') return 'file';
  if (choices) return 'choice';
  if (type === 'boolean') return 'boolean';
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'string' ? 'text' : 'json';
}

function readValue(text: string, parameter: Parameter): unknown {
  const kind = kindOf(parameter);
  if (kind === 'number') return Number(text);
  if (kind === 'boolean') return text === 'true';
  return kind === 'json' ? JSON.parse(text) : text;
}

function Field({
  name,
  parameter,
  given,
}: {
  readonly name: string;
  readonly parameter: Parameter;
  readonly given: Arguments;
}) {
  const value = given.texts[name] ?? '';
  const change = (text: string) => given.change(name, text);
  const example = parameter.examples?.[0] ?? parameter.default;
  const placeholder = example === undefined ? '' : typeof example === 'string' ? example : JSON.stringify(example);
  const kind = kindOf(parameter);
  if (kind === 'file') return <FileField value={value} change={change} />;
  if (kind === 'boolean')
    return (
      <Checkbox checked={value === 'true'} onChange={({ detail }) => change(String(detail.checked))}>
        {name}
      </Checkbox>
    );
  if (kind === 'choice') {
    const options = ['', ...(parameter.enum ?? [])].map((choice) => ({ value: choice, label: choice || '–' }));
    return (
      <Select
        options={options}
        selectedOption={options.find((option) => option.value === value) ?? null}
        onChange={({ detail }) => change(detail.selectedOption.value ?? '')}
      />
    );
  }
  if (kind === 'number')
    return (
      <Input type="number" value={value} placeholder={placeholder} onChange={({ detail }) => change(detail.value)} />
    );
  return <Textarea rows={3} value={value} placeholder={placeholder} onChange={({ detail }) => change(detail.value)} />;
}
