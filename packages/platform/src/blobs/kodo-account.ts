/** What the platform signs downloads from Kodo with; absent fields were not given. */
export interface KodoAccount {
  accessKey?: string;
  secretKey?: string;
  /** Domain of the bucket that models lie in: `dl.example.com`, or with its scheme. */
  domain?: string;
}

/** Environment variables of the account. */
export const KODO_VARIABLES = { accessKey: "AVA_ACCESS_KEY", secretKey: "AVA_SECRET_KEY", domain: "AVA_KODO_DOMAIN" } as const;

/** @returns the account that an environment names; empty variables count as absent */
export function readKodoAccount(environment: NodeJS.ProcessEnv): KodoAccount {
  const found = Object.entries(KODO_VARIABLES).map(([field, variable]) => [field, environment[variable]] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined && value !== ""));
}
