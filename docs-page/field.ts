/** The schema of one parameter, as far as a form shows it. */
export interface ParameterSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly maxLength?: number;
}

/** A labelled input; `value` is what was put in, `undefined` where nothing was. Throws a SyntaxError for broken JSON. */
export interface Field {
  readonly name: string;
  readonly label: HTMLLabelElement;
  readonly value: () => unknown;
}

/** The form field of a parameter: by its type, and as JSON where it is of none that forms have. */
export function fieldOf(name: string, schema: ParameterSchema, required: boolean): Field {
  const label = document.createElement('label');
  label.append(required ? `${name} *` : name);
  const input = inputOf(schema);
  input.name = name;
  if (!(input instanceof HTMLInputElement && input.type === 'checkbox')) input.required = required;
  const example = schema.examples?.[0];
  if (example !== undefined && 'placeholder' in input) input.placeholder = textOf(example);
  label.append(input);
  if (schema.description !== undefined) {
    const small = document.createElement('small');
    small.textContent = schema.description;
    label.append(small);
  }
  return { name, label, value: () => writtenIn(input, schema) };
}

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function inputOf(schema: ParameterSchema): Input {
  if (schema.enum) {
    const select = document.createElement('select');
    for (const choice of ['', ...schema.enum]) select.add(new Option(choice));
    return select;
  }
  if (schema.type === 'boolean' || schema.type === 'integer' || schema.type === 'number') {
    const input = document.createElement('input');
    input.type = schema.type === 'boolean' ? 'checkbox' : 'number';
    if (schema.type === 'number') input.step = 'any';
    return input;
  }
  const area = document.createElement('textarea');
  area.rows = schema.type === 'string' ? 3 : 5;
  return area;
}

function writtenIn(input: Input, { type, enum: choices }: ParameterSchema): unknown {
  if (input instanceof HTMLInputElement && type === 'boolean') return input.checked;
  if (input.value === '') return undefined;
  if (choices || type === 'string') return input.value;
  return type === 'integer' || type === 'number' ? Number(input.value) : JSON.parse(input.value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
