// What recordings put in the place of ids, times and names that differ from run to run.
const masks = new Set(['timestamp', 'date', 'snf_role_arn', 'lambda_function_name']);
// What AWS tells of its own requests, which one machine leaves out of an answer.
const ownRequests = new Set(['SdkHttpMetadata', 'SdkResponseMetadata']);

/** Where a value differs from the one recorded, as a path; `undefined` where they are the same but for masks. */
export function difference(recorded: unknown, ours: unknown, path = ''): string | undefined {
  if (typeof recorded === 'string') return matches(recorded, ours) ? undefined : path;
  if (typeof recorded !== 'object' || recorded === null) return recorded === ours ? undefined : path;
  if (typeof ours !== 'object' || ours === null || Array.isArray(recorded) !== Array.isArray(ours)) return path;
  const wanted = Object.entries(recorded).filter(([name]) => !ownRequests.has(name));
  const found = new Map(Object.entries(ours));
  const missing = wanted.find(([name]) => !found.has(name));
  if (missing) return `${path}/${missing[0]} is missing`;
  const more = [...found.keys()].find((name) => !wanted.some(([known]) => known === name));
  if (more !== undefined) return `${path}/${more} is too much`;
  return wanted
    .map(([name, value]) => difference(value, found.get(name), `${path}/${name}`))
    .find((different) => different !== undefined);
}

/** A mask matches anything; one inside a text (`arn:<partition>:...`) anything in its place. */
function matches(recorded: string, ours: unknown): boolean {
  if (masks.has(recorded)) return true;
  if (typeof ours !== 'string') return false;
  const literal = recorded
    .split(/<[\w-]+>|lambda_function_name/)
    .map((text) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(ours);
}
