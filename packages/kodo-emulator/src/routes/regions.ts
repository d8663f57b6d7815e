import { type Answer, Refusal } from "../answer.js";
import type { BucketHosts, KodoRequest } from "../request.js";

/** Seconds that a client may keep the answer. */
const TTL_S = 86_400;

/** `GET /v4/query?ak=&bucket=`: unsigned. */
export function queryRegions(request: KodoRequest): Answer {
  const { domains, up, services } = findBucket(request);
  const others = Object.fromEntries(["rs", "rsf", "api", "uc", "io", "io_src"].map((name) => [name, { domains: services }]));
  const region = {
    region: "z0",
    ttl: TTL_S,
    ...others,
    up: { domains: up, old: [] },
    io_src: { domains },
    s3: { domains: services, region_alias: "cn-east-1" },
  };
  return { status: 200, json: { hosts: [region] } };
}

/** `GET /v2/query?ak=&bucket=`: the same in an older form. */
export function queryRegionsOld(request: KodoRequest): Answer {
  const { domains, up, services } = findBucket(request);
  const others = Object.fromEntries(["rs", "rsf", "api", "uc"].map((name) => [name, { acc: { main: services } }]));
  const region = {
    region: "z0",
    ttl: TTL_S,
    ...others,
    up: { acc: { main: up }, src: { main: up } },
    io: { src: { main: services } },
    io_src: { src: { main: domains } },
    s3: { region_alias: "cn-east-1", src: { main: services } },
  };
  return { status: 200, json: region };
}

function findBucket({ query, buckets, account }: KodoRequest): BucketHosts {
  const bucket = buckets.find(({ name }) => name === query.get("bucket"));
  if (!bucket || query.get("ak") !== account.accessKey) throw new Refusal(612, "no such bucket");
  return bucket;
}
