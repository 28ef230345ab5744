import * as z from 'zod';

/** What the stack and the handlers of the platform agree on. Imported by both; does no work. */

/** The migration runs as the master user, whose password stands in a secret where there is one. */
export const migrateEnv = z.object({
  DATABASE_URL: z.string().min(1),
  DATABASE_SECRET_ARN: z.string().optional(),
});

export const sendMailEnv = z.object({
  MAIL_FROM: z.string().min(1),
  /** Comma separated: who gets a mail that names nobody. */
  MAIL_TO: z
    .string()
    .transform((list) =>
      list
        .split(',')
        .map((address) => address.trim())
        .filter(Boolean),
    )
    .pipe(z.array(z.email()).min(1)),
  MAIL_CONFIGURATION_SET: z.string().min(1),
});

/** One mail in the mail queue. */
export const mailMessage = z.object({
  to: z.array(z.email()).min(1).optional(),
  subject: z.string().min(1).max(500),
  text: z.string(),
  html: z.string().optional(),
});

/** The health route needs no variables; it says only that the stack answers. */
export const healthEnv = z.object({});

export const healthRoutes = ['GET /health'] as const;
