import * as z from 'zod';

/** Where the built application lies; a relative path begins beside the handler's code. */
export const consoleEnv = z.object({
  CONSOLE_FILES: z.string().min(1),
  /** Where the console uploads callers' files, straight from the browser. Nothing where there is no such bucket. */
  UPLOADS_BUCKET: z.string().default(''),
});

/** The application's page under each of its addresses, and the files that it is made of. */
export const consoleRoutes = ['GET /', 'GET /console', 'GET /console/{file+}'] as const;

/** The folder of the built application beside the handler's code. */
export const consoleFolder = 'site';
