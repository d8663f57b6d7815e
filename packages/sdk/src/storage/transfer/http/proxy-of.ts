import { BlockList, isIP } from "node:net";
import type { ProxyVariables } from "../../../place/settings/environment.js";

const LOOPBACK = /^(?:localhost|.*\.localhost|127\.[\d.]+|\[::1\])$/;

/**
 * Loopback is never reached through a proxy: it would be the proxy's own.
 *
 * @param origin - `http[s]://host[:port]`
 * @param variables - proxies, and in `noProxy` what is reached without: `*`, hosts with their subdomains, addresses, subnets as in `10.0.0.0/8`; each but the last with a port
 * where only that is meant; separated by commas or blanks
 * @returns URL of the proxy to use, as it was given; `undefined` without one
 * @throws TypeError when the origin is not a URL
 */
export function proxyOf(origin: string, { httpProxy, httpsProxy, noProxy = "" }: ProxyVariables): string | undefined {
  const { protocol, hostname, port } = new URL(origin);
  const proxy = protocol === "https:" ? httpsProxy : httpProxy;
  if (proxy === undefined || LOOPBACK.test(hostname)) return undefined;
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const hostPort = port || (protocol === "https:" ? "443" : "80");
  const isDirect = noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => matches(entry, host, hostPort));
  return isDirect ? undefined : proxy;
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const [, network, bits] = /^([\da-f.:]+)\/(\d+)$/.exec(entry) ?? [];
  if (network !== undefined) return isInSubnet(host, network, Number(bits));
  // An IPv6 address has colons of its own: with a port it stands in brackets.
  const [, bracketed, plain, onlyPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [undefined, undefined, entry];
  const name = (bracketed ?? plain ?? "").replace(/^\*?\./, "");
  if (name === "" || (onlyPort !== undefined && onlyPort !== port)) return false;
  return host === name || host.endsWith(`.${name}`);
}

function isInSubnet(host: string, network: string, bits: number): boolean {
  const version = isIP(network);
  if (version === 0 || isIP(host) !== version || bits > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const subnet = new BlockList();
  subnet.addSubnet(network, bits, family);
  return subnet.check(host, family);
}
