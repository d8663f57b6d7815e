import { type AddressInfo, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";

/**
 * @param bound - what the server listens on
 * @param host - as it was asked for; a name is kept
 * @returns an address that a browser can open; where the server listens on every address, one of this machine that others reach
 */
export function addressOf({ address, port }: AddressInfo, host: string): string {
  const name = address === "0.0.0.0" || address === "::" ? ownAddress(address === "::") : host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}

function ownAddress(hasIPv6: boolean): string {
  const found = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  // A link-local address needs the name of an interface behind it, which no browser takes.
  const outer = found.filter(({ internal, address }) => !internal && !/^fe80:/i.test(address));
  const best = outer.find(({ family }) => family === "IPv4") ?? (hasIPv6 ? outer[0] : undefined);
  return best?.address ?? "127.0.0.1";
}
