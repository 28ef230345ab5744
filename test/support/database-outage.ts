import path from 'node:path';
import { stackCredentials } from 'one-machine/guard/credentials.ts';
import { type Postgres, startPostgres } from 'one-machine/services/postgres.ts';
import type { TestStack } from './stack.ts';

/** The stack's database, which can be taken away and given back. */
export interface DatabaseOutage {
  begin(): Promise<void>;
  /** The same data on the same port again. */
  end(): Promise<void>;
  /** After the stack has stopped: its own server is long gone. */
  stop(): Promise<void>;
}

/** Takes hold of a running stack's PostgreSQL server. The stack must have a directory of the test's own. */
export function databaseOutage({ stack, directory }: TestStack): DatabaseOutage {
  let server: Postgres | undefined = stack.services.postgres;
  const { port } = stack.services.postgres;
  const begin = async () => {
    await server?.stop();
    server = undefined;
  };
  return {
    begin,
    async end() {
      const { database: passwords } = await stackCredentials(directory);
      server = await startPostgres({ name: 'millrace', directory: path.join(directory, 'postgres'), port, passwords });
      if (server.port !== port) throw new Error(`Another program has taken port ${port} meanwhile`);
    },
    stop: begin,
  };
}
