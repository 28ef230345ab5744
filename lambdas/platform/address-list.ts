import * as z from 'zod';

/** A variable that holds mail addresses, separated by commas; one at least. */
export const addressList = z
  .string()
  .transform((list) =>
    list
      .split(',')
      .map((address) => address.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.email()).min(1));
