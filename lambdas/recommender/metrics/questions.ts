import { conversionActions, engagementActions } from './figures.ts';
import type { Dimension, Question, TopFigure } from './ports.ts';
import { oneOf, type Scope, type Source, segmentsWithin, within } from './sql.ts';

/** The columns of each: text, for the three databases write numbers and days in their own ways. */
const columns: Readonly<Record<Dimension, readonly (readonly [name: string, expression: string])[]>> = {
  day: [['day', 'CAST(b.day AS varchar)']],
  scenario: [['scenario_id', 'b.scenario_id']],
  strategy: [['strategy', 'b.strategy']],
  model: [['model_id', 'CAST(b.model_id AS varchar)']],
  experiment: [
    ['experiment_id', 'b.experiment_id'],
    ['experiment_group', 'b.experiment_group'],
  ],
  slot: [['slot', 'CAST(b.slot AS varchar)']],
  segment: [['segment', 'p.segment']],
};

/** The names of the columns that grouping by these gives. */
export const columnsOf = (by: readonly Dimension[]) => by.flatMap((name) => columns[name].map(([column]) => column));

const clickAction = 'click';
const impressionAction = 'impression';
const how = (actions: readonly string[]) => `sum(CASE WHEN ${oneOf(actions)} THEN 1 ELSE 0 END)`;
const counts = [
  `${how([impressionAction])} AS impressions`,
  `${how([clickAction])} AS clicks`,
  `${how(conversionActions)} AS conversions`,
  `${how(engagementActions)} AS engagements`,
];

/** Every known action makes a user active; unknown actions are kept and not used. */
export interface Asked {
  readonly source: Source;
  readonly scope: Scope;
  readonly knownActions: readonly string[];
}

/** Figures by these dimensions; without one, of all together. */
function figuresSql({ source, scope, knownActions }: Asked, by: readonly Dimension[]): string {
  const keys = by.flatMap((name) => columns[name]);
  const selected = [
    ...keys.map(([name, expression]) => `${expression} AS ${name}`),
    ...counts,
    `count(DISTINCT CASE WHEN ${oneOf([impressionAction])} THEN b.item_id END) AS items_shown`,
    'count(DISTINCT b.user_id) AS active_users',
  ];
  const profiles = by.includes('segment')
    ? ` LEFT JOIN ${segmentsWithin(source, scope)} ON p.scenario_id = b.scenario_id AND p.user_id = b.user_id`
    : '';
  const expressions = keys.map(([, expression]) => expression);
  const grouped =
    keys.length === 0 ? '' : ` GROUP BY ${expressions.join(', ')} ORDER BY ${keys.map(([name]) => name).join(', ')}`;
  return `SELECT ${selected.join(', ')} FROM ${source.table} b${profiles} WHERE ${within(source, scope)} AND ${oneOf(knownActions)}${grouped}`;
}

/** Few impressions make any CTR: an item has to have been shown so often to be ranked by it. */
const shownForCtr = 100;

/** The items with the most of a figure, of equal ones by their ids. */
function topItemsSql({ source, scope }: Asked, by: TopFigure, most: number): string {
  const used = oneOf([impressionAction, clickAction, ...conversionActions, ...engagementActions]);
  const inner = `SELECT b.scenario_id AS scenario_id, b.item_id AS item_id, ${counts.join(', ')} FROM ${source.table} b WHERE ${within(source, scope)} AND ${used} GROUP BY b.scenario_id, b.item_id`;
  const rank = by === 'ctr' ? 'CAST(t.clicks AS double precision) / t.impressions' : `t.${by}`;
  const kept = by === 'ctr' ? `t.impressions >= ${shownForCtr}` : `t.${by} > 0`;
  return `SELECT t.scenario_id AS scenario_id, t.item_id AS item_id, t.impressions AS impressions, t.clicks AS clicks, t.conversions AS conversions, t.engagements AS engagements FROM (${inner}) t WHERE ${kept} ORDER BY ${rank} DESC, scenario_id, item_id LIMIT ${most}`;
}

/** The steps of the funnel, each of those who took the one before, at the same time or later. */
const funnelSteps = {
  impression: [impressionAction],
  click: [clickAction],
  engagement: [...engagementActions, 'add_cart'],
  conversion: conversionActions,
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * Users by step: who was shown something, of them who clicked then, of them who converted. Engagement stands beside the
 * way to a conversion, for many buy without liking: it is of those who clicked.
 */
function funnelSql({ source, scope }: Asked): string {
  const where = within(source, scope);
  const first = (name: string, actions: readonly string[], after?: string) =>
    `${name} AS (SELECT b.user_id AS user_id, min(b."at") AS since FROM ${source.table} b${after ? ` JOIN ${after} e ON e.user_id = b.user_id` : ''} WHERE ${where} AND ${oneOf(actions)}${after ? ' AND b."at" >= e.since' : ''} GROUP BY b.user_id)`;
  const steps = [
    first('shown', funnelSteps.impression),
    first('clicked', funnelSteps.click, 'shown'),
    first('engaged', funnelSteps.engagement, 'clicked'),
    first('converted', funnelSteps.conversion, 'clicked'),
  ];
  return `WITH ${steps.join(', ')} SELECT (SELECT count(*) FROM shown) AS impression, (SELECT count(*) FROM clicked) AS click, (SELECT count(*) FROM engaged) AS engagement, (SELECT count(*) FROM converted) AS conversion`;
}

/** The SQL of a question, of whichever source. */
export function textOf(question: Exclude<Question, { readonly ask: 'trends' }>, asked: Asked): string {
  if (question.ask === 'figures') return figuresSql(asked, question.by);
  if (question.ask === 'funnel') return funnelSql(asked);
  return topItemsSql(asked, question.by, question.most);
}
