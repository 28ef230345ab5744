/** A task as it is submitted. */
export interface Submission {
  readonly name: string;
  readonly args?: readonly unknown[] | undefined;
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
}

const path = '/api/v1/tasks/submit';

/** The same by curl; the token stands in the shell, not in its history. */
export function curlOf(origin: string, submission: Submission): string {
  return [
    `curl -X POST ${quoted(origin + path)} \\`,
    `  -H "Authorization: Bearer $TOKEN" -H 'content-type: application/json' \\`,
    `  -d ${quoted(JSON.stringify(submission))}`,
  ].join('\n');
}

/** The same by Python, until the task has ended. */
export function pythonOf(origin: string, submission: Submission): string {
  return `import os, time, requests

api = requests.Session()
api.headers["Authorization"] = f"Bearer {os.environ['TOKEN']}"

task = ${literal(submission, '')}
answer = api.post(${literal(origin + path, '')}, json=task).json()
result = ${literal(`${origin}/api/v1/task/`, '')} + answer["data"]["task_id"] + "/result"
while (told := api.get(result).json()["data"])["status"] in ("PENDING", "STARTED", "RETRY"):
    time.sleep(1)
print(told["status"], told["result"])
`;
}

/** A word of a shell that means nothing but itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A value as Python writes it. What JSON escapes in a text, Python reads alike. */
function literal(value: unknown, indent: string): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  const [open, close, parts] = Array.isArray(value)
    ? ['[', ']', value.map((one) => literal(one, inner))]
    : [
        '{',
        '}',
        Object.entries(value)
          .filter(([, one]) => one !== undefined)
          .map(([key, one]) => `${JSON.stringify(key)}: ${literal(one, inner)}`),
      ];
  if (parts.length === 0) return `${open}${close}`;
  return `${open}\n${parts.map((part) => `${inner}${part},`).join('\n')}\n${indent}${close}`;
}
