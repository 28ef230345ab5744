import { fieldOf, type ParameterSchema } from './field.ts';

/** One function in the document: a branch of what POST /api/v1/tasks/submit takes. */
interface FunctionSchema {
  readonly description?: string;
  readonly properties: {
    readonly name: { readonly const: string };
    readonly kwargs: {
      readonly properties?: Readonly<Record<string, ParameterSchema>>;
      readonly required?: readonly string[];
    };
  };
}

interface Task {
  readonly task_id: string;
  readonly status: string;
}

type Ask = (path: string, body?: object) => Promise<unknown>;

const submitPath = '/api/v1/tasks/submit';
const ended = ['SUCCESS', 'FAILURE', 'REVOKED'];
const lookAgainMs = 1000;

/** Shows a form for each function that the document names. */
export async function showFunctions(ask: Ask): Promise<void> {
  const functions = functionsOf(await (await fetch('openapi.json')).json());
  if (functions.length === 0) return;
  const [select, form] = [element('function', HTMLSelectElement), element('arguments', HTMLFormElement)];
  for (const { properties } of functions) select.add(new Option(properties.name.const));
  const chosen = () => functions[select.selectedIndex];
  const show = () => {
    const { description = '', properties } = chosen() ?? {};
    element('function-doc', HTMLElement).textContent = description;
    const { required = [], properties: parameters = {} } = properties?.kwargs ?? {};
    const fields = Object.entries(parameters).map(([name, schema]) => fieldOf(name, schema, required.includes(name)));
    const submit = document.createElement('button');
    submit.textContent = 'Submit';
    form.replaceChildren(...fields.map(({ label }) => label), submit);
    form.onsubmit = (event) => {
      event.preventDefault();
      const values = fields.flatMap(({ name, value }) => (value() === undefined ? [] : [[name, value()] as const]));
      void follow(ask, { name: properties?.name.const, kwargs: Object.fromEntries(values) });
    };
  };
  select.onchange = show;
  show();
  element('functions', HTMLElement).hidden = false;
}

function functionsOf(document: {
  readonly paths: Readonly<Record<string, { readonly post?: { readonly requestBody?: RequestBody } }>>;
}): readonly FunctionSchema[] {
  return (
    document.paths[submitPath]?.post?.requestBody?.content['application/json']?.schema.anyOf?.filter(
      (branch) => branch.properties.name.const !== undefined,
    ) ?? []
  );
}

interface RequestBody {
  readonly content: Readonly<Record<string, { readonly schema: { readonly anyOf?: readonly FunctionSchema[] } }>>;
}

/** Submits, and shows the task until it has ended. */
async function follow(ask: Ask, call: object): Promise<void> {
  const output = element('task', HTMLOutputElement);
  const tell = (what: unknown) => {
    output.textContent = typeof what === 'string' ? what : JSON.stringify(what, undefined, 2);
  };
  try {
    tell('Submitting …');
    const { data } = (await ask(submitPath, call)) as { readonly data: Task };
    for (;;) {
      const { data: now } = (await ask(`/api/v1/task/${data.task_id}/result`)) as { readonly data: Task };
      tell(now);
      if (ended.includes(now.status)) return;
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
    }
  } catch (error) {
    tell(error instanceof Error ? error.message : String(error));
  }
}

function element<E extends HTMLElement>(id: string, type: abstract new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no #${id}`);
  return found;
}
