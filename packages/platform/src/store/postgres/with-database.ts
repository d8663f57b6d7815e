import { type Ask, Database } from "./connect/database.js";
import { migrate } from "./schema/migrate.js";

/**
 * Does something short with a platform's database.
 *
 * @param url - of the database; our tables are made where they are not there
 * @throws PlatformError `usage`, `store_newer`, `store_failed`, `store_full`, and what `work` throws
 */
export async function withDatabase<Result>(url: string, work: (ask: Ask) => Promise<Result>): Promise<Result> {
  const database = new Database({ url, connections: 1 });
  try {
    await migrate(database);
    return await work(database.ask);
  } finally {
    await database.close();
  }
}
