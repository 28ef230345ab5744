/** How soon a person should look: high now, medium today, low this week. In this order. */
export const severities = ['high', 'medium', 'low'] as const;

export type Severity = (typeof severities)[number];
