import { parseArgs } from "node:util";
import { startEmulator } from "./emulator.js";

const USAGE = `usage: npm run kodo-emulator -- --port P --data DIR --ak A --sk S --bucket B

An object store on loopback that speaks Qiniu Kodo's protocol.
  --port P    port of the first bucket and of all services; further buckets get the ports behind it
  --data DIR  folder of the objects; they stay when the emulator ends
  --ak A      access key       --sk S  secret key
  --bucket B  name of a private bucket; may be repeated
`;

/**
 * Runs the emulator until SIGINT or SIGTERM.
 *
 * @param args - arguments after the program's name
 */
export async function runCli(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (typeof options === "string") {
    process.stderr.write(`kodo-emulator: ${options}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  try {
    const emulator = await startEmulator(options);
    const lines = options.buckets.map((bucket) => `  bucket ${bucket}: downloads from http://${emulator.domainOf(bucket)}/<key>\n`);
    process.stdout.write(`Kodo emulator: all services on http://${emulator.host}\n${lines.join("")}`);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.close());
  } catch (error) {
    process.stderr.write(`kodo-emulator: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

interface CliOptions {
  port: number;
  data: string;
  accessKey: string;
  secretKey: string;
  buckets: string[];
}

function readOptions(args: readonly string[]): CliOptions | string {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { port: text, data: text, ak: text, sk: text, bucket: { type: "string", multiple: true } },
    });
    const { data, ak, sk, bucket } = values;
    const port = Number(values.port);
    if (!data || !ak || !sk || !bucket) return "--port, --data, --ak, --sk and --bucket are needed";
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return "--port is a number from 0 (any) to 65535";
    return { port, data, accessKey: ak, secretKey: sk, buckets: bucket };
  } catch (error) {
    return (error as Error).message;
  }
}
