import { Assembly, type Resource } from '../../lib/inventory/assembly.ts';

/** Template properties under the names a test needs. */
type Read = Readonly<Record<string, unknown>>;

/** A copy in which one resource is changed, or gone. */
export function damaged(from: Assembly, resource: Resource, change: (properties: Read) => Read | undefined): Assembly {
  const resources = from.resources.flatMap((candidate) => {
    if (candidate !== resource) return [candidate];
    const properties = change(candidate.properties);
    return properties === undefined ? [] : [{ ...candidate, properties }];
  });
  return Object.assign(Object.create(Assembly.prototype), from, { resources });
}

/** A change that takes one property away. */
export function without(key: string): (properties: Read) => Read {
  return (properties) => Object.fromEntries(Object.entries(properties).filter(([name]) => name !== key));
}
