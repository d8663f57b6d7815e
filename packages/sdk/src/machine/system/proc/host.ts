import { existsSync } from "node:fs";

/**
 * @param text - text of `/proc/stat`, see proc_stat(5)
 * @returns ticks that all cores together were busy; waiting for a disk is not busy
 */
export function parseBusyTicks(text: string): number | undefined {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  if (line === undefined) return undefined;
  // Guest time, which follows, is contained in user and nice.
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = line.split(" ").map(Number);
  return user + nice + system + irq + softIrq + steal;
}

/**
 * @param text - text of `/proc/meminfo`
 * @returns memory of the host, and what of it is in use without caches that can be given up
 */
export function parseHostMemory(text: string): { totalBytes: number; usedBytes: number } | undefined {
  const total = /^MemTotal: +(\d+) kB$/m.exec(text);
  const available = /^MemAvailable: +(\d+) kB$/m.exec(text);
  if (!total || !available) return undefined;
  return { totalBytes: Number(total[1]) * 1024, usedBytes: (Number(total[1]) - Number(available[1])) * 1024 };
}

/** Bytes that went over a network interface since it came up. */
export interface InterfaceBytes {
  name: string;
  receivedBytes: number;
  sentBytes: number;
}

/**
 * @param text - text of `/proc/net/dev`
 * @returns each interface except loopback
 */
export function parseInterfaces(text: string): InterfaceBytes[] {
  return [...text.matchAll(/^ *([^:\s]+): *(.*)$/gm)].flatMap(([, name = "", columns = ""]) => {
    const numbers = columns.split(/ +/).map(Number);
    return name === "lo" ? [] : [{ name, receivedBytes: numbers[0] ?? 0, sentBytes: numbers[8] ?? 0 }];
  });
}

/**
 * Sums what left and reached the machine once: on a host with containers the same bytes pass a bridge and pairs of virtual interfaces, so
 * only real ones count where there are some; a container has virtual ones only.
 *
 * @param interfaces - all of them
 * @param isReal - whether there is a device behind a name
 */
export function sumInterfaces(interfaces: readonly InterfaceBytes[], isReal: (name: string) => boolean = hasDevice): InterfaceBytes {
  const real = interfaces.filter(({ name }) => isReal(name));
  const sum: InterfaceBytes = { name: "all", receivedBytes: 0, sentBytes: 0 };
  for (const { receivedBytes, sentBytes } of real.length > 0 ? real : interfaces) {
    sum.receivedBytes += receivedBytes;
    sum.sentBytes += sentBytes;
  }
  return sum;
}

function hasDevice(name: string): boolean {
  return existsSync(`/sys/class/net/${name}/device`);
}
