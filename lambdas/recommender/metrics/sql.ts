import { PermanentError } from '#kit/errors.ts';

/**
 * SQL that PostgreSQL, Athena (Trino) and DuckDB read alike: see docs/how-to/read-the-metrics.md for what the three have
 * in common. Texts are made here, because Athena takes no parameters but as literals of the same kind.
 */

/** Where behaviour stands: tables, and what every question to them has to say beside the tenant. */
export interface Source {
  readonly table: string;
  /** How active each user is. */
  readonly segments: string;
  /** Of partitioned folders: the value of `tenant`, without which nothing is read. */
  readonly tenantFolder?: string;
}

/** A text as all three read it: a quote is written twice, and nothing else means anything in it. */
function literal(text: string): string {
  if (text.includes('\0')) throw new PermanentError('No text of ours holds NUL');
  return `'${text.replaceAll("'", "''")}'`;
}

/** Which behaviour a question is about. */
export interface Scope {
  readonly tenant_id: string;
  /** The first and the last day. */
  readonly from: string;
  readonly to: string;
  readonly scenario_id?: string | undefined;
  readonly strategy?: string | undefined;
  readonly experiment_id?: string | undefined;
}

/** The tenant, which is part of every question. */
function ofTenant(alias: string, { tenantFolder }: Source, tenant: string): readonly string[] {
  return [
    ...(tenantFolder === undefined ? [] : [`${alias}.tenant = ${literal(tenantFolder)}`]),
    `${alias}.tenant_id = ${literal(tenant)}`,
  ];
}

/** The segments of the tenant's users, to be joined as `p`. Held to the tenant before it is joined: Athena asks for that. */
export function segmentsWithin(source: Source, { tenant_id }: Scope): string {
  const where = ofTenant('s', source, tenant_id).join(' AND ');
  return `(SELECT s.scenario_id AS scenario_id, s.user_id AS user_id, s.segment AS segment FROM ${source.segments} s WHERE ${where}) p`;
}

/** The condition that holds a question to its scope. */
export function within(source: Source, scope: Scope): string {
  const { tenant_id, from, to } = scope;
  const equal = (['scenario_id', 'strategy', 'experiment_id'] as const).flatMap((name) => {
    const value = scope[name];
    return value === undefined ? [] : [`b.${name} = ${literal(value)}`];
  });
  return [...ofTenant('b', source, tenant_id), `b.day BETWEEN ${literal(from)} AND ${literal(to)}`, ...equal].join(
    ' AND ',
  );
}

/** `action IN (...)`. */
export const oneOf = (actions: readonly string[]) => `b.action IN (${actions.map(literal).join(', ')})`;
