import type { Manners } from './platform.ts';

/** A platform's own address, asked as a careful reader would: 5 to 10 s between pages keep an account alive. */
export const asReader = {
  driver: 'native',
  concurrency: 2,
  pricePerCall: 0,
  budgetPerBrief: 0,
  budgetPerDay: 0,
  enrich: true,
  probe: true,
} as const satisfies Partial<Manners>;

/** A paid data interface: a thousandth of a dollar each, and ten a second of one token, by which two platforms are asked. */
export const asCustomer = {
  driver: 'gateway',
  baseUrl: 'https://api.tikhub.io',
  requestsPerSecond: 5,
  concurrency: 8,
  pricePerCall: 0.001,
  budgetPerBrief: 5,
  budgetPerDay: 20,
  enrich: true,
  probe: false,
} as const satisfies Manners;
