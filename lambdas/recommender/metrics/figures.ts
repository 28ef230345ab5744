/** What behaviour adds up to: for a tenant, a day, a strategy, whatever it is grouped by. */
export interface Figures {
  readonly impressions: number;
  readonly clicks: number;
  /** Orders, payments and purchases. */
  readonly conversions: number;
  /** Likes, favorites, shares, comments and follows. */
  readonly engagements: number;
  /** Different items that were shown. */
  readonly items_shown: number;
  /** Different users who did anything, or were shown something. */
  readonly active_users: number;
}

export const conversionActions = ['order', 'payment', 'purchase'] as const;
export const engagementActions = ['like', 'favorite', 'share', 'comment', 'follow'] as const;

/** Shares of the impressions; null where nothing was shown. */
export interface Rates {
  /** clicks / impressions: the one definition. */
  readonly ctr: number | null;
  readonly conversion_rate: number | null;
  readonly engagement_rate: number | null;
  /** Items shown of those that could be. */
  readonly coverage: number | null;
}

/** Figures with the shares that follow from them. */
export function withRates<F extends Figures>(figures: F, activeItems: number | null): F & Rates {
  const { impressions, clicks, conversions, engagements, items_shown } = figures;
  const share = (part: number, whole: number | null) => (whole === null || whole === 0 ? null : part / whole);
  return {
    ...figures,
    ctr: share(clicks, impressions),
    conversion_rate: share(conversions, impressions),
    engagement_rate: share(engagements, impressions),
    // Items that were shown and are no more can be more than there are.
    coverage: activeItems === null ? null : capped(share(items_shown, activeItems)),
  };
}

const capped = (value: number | null) => (value === null ? null : Math.min(1, value));
