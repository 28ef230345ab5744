/** What the database, the role that functions have in it and the buckets are called after. */
export const appName = 'millrace';
