import { TransferError } from "../transfer-error.js";
import { HostList } from "./host-list.js";

/** Where the services of a bucket are. */
export interface KodoRegion {
  /** `z0`, `z1`, ... */
  id: string;
  up: HostList;
  rs: HostList;
  rsf: HostList;
  uc: HostList;
  /** Source-site domains for downloads, `host[:port]`; may be empty. */
  ioSrc: readonly string[];
  scheme: "http" | "https";
}

/** Seconds that an answer is kept which does not say for how long. */
const DEFAULT_TTL_S = 3600;

/** @param accessKey - of the account @param bucket - name @returns path and query of the region query */
export function queryUrl(accessKey: string, bucket: string): string {
  return `/v4/query?ak=${encodeURIComponent(accessKey)}&bucket=${encodeURIComponent(bucket)}`;
}

/**
 * Reads the answer of the region query: the bucket's own region, the first one.
 *
 * @param answer - JSON
 * @param scheme - of the hosts, which are told without one
 * @returns the region, and for how many seconds it may be kept
 * @throws TransferError HTTP_STATUS when it names no upload host
 */
export function readRegion(answer: Readonly<Record<string, unknown>>, scheme: "http" | "https"): { region: KodoRegion; ttlS: number } {
  const [first] = Array.isArray(answer["hosts"]) ? (answer["hosts"] as Record<string, unknown>[]) : [];
  const domainsOf = (service: string) => {
    const { domains, old } = (first?.[service] ?? {}) as { domains?: unknown; old?: unknown };
    return [domains, old].flatMap((names) => (Array.isArray(names) ? names.filter((name) => typeof name === "string") : []));
  };
  const hostsOf = (service: string) => new HostList(domainsOf(service).map((domain) => `${scheme}://${domain}`));
  if (domainsOf("up").length === 0) throw new TransferError("HTTP_STATUS", "the region query names no upload host");
  const ttl = first?.["ttl"];
  return {
    region: {
      id: typeof first?.["region"] === "string" ? first["region"] : "",
      up: hostsOf("up"),
      rs: hostsOf("rs"),
      rsf: hostsOf("rsf"),
      uc: hostsOf("uc"),
      ioSrc: domainsOf("io_src"),
      scheme,
    },
    ttlS: typeof ttl === "number" && ttl > 0 ? ttl : DEFAULT_TTL_S,
  };
}
