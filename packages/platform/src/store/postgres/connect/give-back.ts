import type { PoolClient } from "pg";

/** Gives a connection back to its pool, without a transaction. @param isLost - it cannot be used any more */
export async function giveBack(client: PoolClient, isLost: boolean): Promise<void> {
  if (isLost) return client.release(true);
  try {
    await client.query("ROLLBACK");
    client.release();
  } catch {
    // Its connection is gone as well, and with it the transaction.
    client.release(true);
  }
}
