// Downloads argv[2] to argv[3]; argv[4], where given, are more options of the Fetcher as JSON. Prints the result.
import { Fetcher } from "ava-sdk/transfer";

const [, , url, file, options = "{}"] = process.argv;
const fetcher = new Fetcher(JSON.parse(options));
const [res, err] = await fetcher.fetchHugeFile(url, file);
process.stdout.write(`${JSON.stringify(res ?? { code: err.code, message: err.message })}\n`);
fetcher.close();
