/** What a transaction tells the other replicas, so that they need not look at everything. */
export interface Told {
  /** The replica that tells it. */
  by: string;
  /** Of the transaction, as of `Database.transaction`: by it a commit is found again whose answer was lost. */
  mark?: string;
  /** First command of each instance that it added to a journal, by id. */
  changed?: Record<string, number>;
  /** Instances of which something changed that is in no journal: models. */
  others?: string[];
  /** How long instances had not been heard that were heard again, with nothing new, in milliseconds. */
  heard?: Record<string, number>;
}
