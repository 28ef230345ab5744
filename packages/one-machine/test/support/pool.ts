import pg from 'pg';

/**
 * A pool for a test's own statements, on a server that ends with the test. `pool.end()` resolves before its connections
 * are closed, so a server that stops next cuts them (57P01), and a pool that nobody listens to fails the process for it.
 * A statement that is cut rejects all the same.
 */
export function openPool(connectionString: string, options: Pick<pg.PoolConfig, 'max' | 'application_name'> = {}) {
  const pool = new pg.Pool({ connectionString, ...options });
  pool.on('error', () => undefined);
  return pool;
}
